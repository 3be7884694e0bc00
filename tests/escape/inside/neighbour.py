"""Another seat, with things that are nobody else's: files, sockets, shared memory, arguments. argv: the secret."""
import ctypes
import os
import signal
import socket
import sys
import threading

secret = sys.argv[1].encode()
for path in ('/home/learner/neighbour', '/tmp/neighbour', '/dev/shm/neighbour'):
    with open(path, 'wb') as file:
        file.write(secret)
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0x0D0709, 4096, 0o1666)
ctypes.memmove(libc.shmat(segment, None, 0), secret, len(secret))


def serve(sock, address):
    sock.bind(address)
    sock.listen(4)
    while True:
        connection, _ = sock.accept()
        connection.recv(4096)
        connection.sendall(secret)
        connection.close()


for family, address in (
    (socket.AF_UNIX, '\0dojou-neighbour'), (socket.AF_UNIX, '/tmp/neighbour.sock'),
    (socket.AF_INET, ('127.0.0.1', 7777)), (socket.AF_INET6, ('::1', 7777)),
):
    sock = socket.socket(family)
    threading.Thread(target=serve, args=(sock, address), daemon=True).start()
print('ready', flush=True)
signal.pause()
