// The day on paper: pages are kept for many readers, so only the reader's browser knows it.
addEventListener("beforeprint", () => {
  for (const place of document.querySelectorAll("[data-printed]")) {
    place.textContent = `${place.dataset.printed} ${new Date().toLocaleDateString("vi-VN")}`;
  }
});
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
