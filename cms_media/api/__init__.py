"""What people and programs call. For now the control socket, by which `cms-media status` and the like reach a bridge.

    cli ─► control_client ═ unix socket, JSON lines ═► control_socket ─► request ─► commands ─► conference

Role: checks what callers ask and turns it into commands of the domain. Imported by `app` (server) and `cli`
(client). A caller's mistake is a RequestError that goes back to it by name; it never disturbs a call.
"""
