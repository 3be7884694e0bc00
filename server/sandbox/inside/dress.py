"""What makes a sandbox that was started ahead somebody's own."""


def dress(channel, request):
    """From now on every program has this environment, and no other."""
    os.environ.clear()
    os.environ.update(request['env'])
    work.send_json(DONE, channel, {})
