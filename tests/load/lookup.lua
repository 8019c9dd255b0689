-- Asks for one address after the other, each time as the next of many visitors.
local paths, cookies, known, sent = {}, {}, "", 0

local function lines(file)
  local found = {}
  for line in io.lines(file) do
    found[#found + 1] = line
  end
  return found
end

function init(arguments)
  paths = lines(arguments[1])
  cookies = lines(arguments[2])
  known = arguments[3]
end

function request()
  local headers = { ["Accept"] = "application/json" }
  if #cookies > 0 then
    headers["Cookie"] = cookies[sent % #cookies + 1]
  end
  if known ~= "" then
    headers["If-None-Match"] = known
  end
  local path = paths[sent % #paths + 1]
  sent = sent + 1
  return wrk.format("GET", path, headers)
end
