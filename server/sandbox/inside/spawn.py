"""Programs: how they begin, how they are ended, and what is said of their end."""


def spawn(argv, descriptors, prepare):
    """Forks and runs a program with `descriptors` as 0, 1 and 2, in a session of its own."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        prepare()
        for number, fd in enumerate(descriptors):
            os.dup2(fd, number)
        os.closerange(3, 1024)
        # From here on nothing of the agent's is open; only a dumpable process may raise its own score,
        # by which a greedy program dies before the agent does.
        prctl(PR_SET_DUMPABLE, 1)
        with open('/proc/self/oom_score_adj', 'w') as score:
            score.write('300')
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.chdir(HOME)
        os.execvpe(argv[0], argv, os.environ)
    except BaseException as error:
        os.write(2, f'dojou: {argv[0]}: {error}\n'.encode())
    os._exit(127)


def outcome(status):
    if status >= 0:
        return {'code': status, 'signal': None}
    return {'code': None, 'signal': signal_name(-status)}


def kill_group(pid, number):
    """The group of a child of ours; one that was forked just now may not lead its group yet."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, number)
            return
        except (ProcessLookupError, PermissionError):
            pass
