"""Numbers and limits of the agent, the first program inside a sandbox. It opens ptys, runs programs, moves
files and carries connections for the server, over two links that it was started with. It holds no secret
and no right that the learner's shell lacks: the server believes nothing it says beyond its own sandbox.

The files of this folder are run as one text, in the order of agent-text.ts: each sees the names of those
before it. frames.ts describes the links; the numbers here are the same.
"""
import _heapq as heapq
import errno
import fcntl
import os
import select
import stat
import struct
import sys
import termios
import time

LINK_TERMINALS, LINK_WORK = 3, 4
HEADER = struct.Struct('>IBI')
U32 = struct.Struct('>I')
MAX_PAYLOAD = 256 * 1024
WINDOW = 256 * 1024
CHUNK = 64 * 1024
AGENT_CHANNELS = 0x80000000
(OPEN, INPUT, RESIZE, PAUSE, RESUME, KILL, PING) = range(1, 8)
(EXEC, WRITE, READ, LISTEN, CONNECT) = range(16, 21)
DRESS = 31
(DATA, END, CREDIT, RESET) = range(32, 36)
(READY, OPENED, OUTPUT, ECHO, EXIT, FAILED, PONG) = range(64, 71)
(DONE, STDOUT, STDERR, ACCEPT) = range(80, 84)

# Sources stop being read while this much waits to be sent, and go on when it has shrunk to the lower mark.
CONGESTED, RELIEVED = 256 * 1024, 64 * 1024
# What is typed while a program reads nothing; a real terminal drops far earlier.
INPUT_LIMIT = 4 * 1024 * 1024
# A process that outlives the shell may keep its terminal or its pipes open: how long we wait for its bytes.
LINGER_SECONDS = 0.5
# A prompt may change ECHO shortly after the last byte: look again after these.
ECHO_LOOKS = (0.02, 0.2)
CONNECTIONS = 200
# A connect to the loopback waits only where the listener's queue is full.
CONNECT_SECONDS = 10
HOME = os.environ.get('HOME', '/home/learner')
WRITABLE = (HOME, '/tmp')
READABLE = (HOME, '/tmp', '/usr/local')

IN, OUT, BROKEN = select.EPOLLIN, select.EPOLLOUT, select.EPOLLERR | select.EPOLLHUP
PR_SET_DUMPABLE = 4
