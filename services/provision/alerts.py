"""Alertmanager's configuration of a new installation; the operators change it as they like."""

from urllib.parse import urlsplit

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


def alertmanager(smtp_url: str, sender: str) -> str:
    """Mails by the installation's own mail server, to the postmaster of the sender's domain."""
    server = urlsplit(smtp_url)
    # What speaks TLS from the first byte, as smtps on 465 does, offers no STARTTLS.
    starttls = "true" if server.scheme == "smtp+starttls" else "false"
    return f"""\
# Who is told, and how; then: docker compose restart alertmanager
global:
  smtp_smarthost: {server.hostname}:{server.port or PORTS[server.scheme]}
  smtp_from: {sender}
  smtp_require_tls: {starttls}
  # Where the mail server asks for them:
  # smtp_auth_username: {sender}
  # smtp_auth_password: …

route:
  receiver: operators
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 12h
  routes:
    - matchers: ['severity="critical"']
      receiver: operators
      repeat_interval: 2h

# Where everything is down, the symptoms that follow are not told too.
inhibit_rules:
  - source_matchers: ['alertname="PartMissing"']
    target_matchers: ['alertname=~"TargetDown|WorkerWithoutLease|EventUnsent|ServerErrors"']
    equal: [service]

receivers:
  - name: operators
    email_configs:
      - to: postmaster@{sender.rpartition("@")[2]}
        send_resolved: true
        text: |
          {{{{ range .Alerts }}}}{{{{ .Status }}}}: {{{{ .Annotations.summary }}}}
          {{{{ .Annotations.todo }}}}
          {{{{ .Annotations.runbook }}}}

          {{{{ end }}}}
    # Instead of mail, or beside it:
    # webhook_configs:
    #   - url: https://chat.example.vn/hooks/...
"""
