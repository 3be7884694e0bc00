"""What we need of Python's library, taken from its C modules: `json`, `socket`, `signal` and `ctypes` bring
`re`, `enum` and more along, which costs each sandbox 2 MB and each start 8 ms."""
import _ctypes
import _json
import _signal as signal
import _socket as socket


class Reading:
    """How the scanner of JSON makes values."""
    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, float


class json:
    scan = staticmethod(_json.make_scanner(Reading))

    @staticmethod
    def loads(data):
        """Of what JSON.stringify writes: without white space around it."""
        return json.scan(data.decode(), 0)[0]

    @staticmethod
    def dumps(value):
        if isinstance(value, str):
            return _json.encode_basestring_ascii(value)
        if isinstance(value, dict):
            return '{%s}' % ','.join(f'{json.dumps(key)}:{json.dumps(each)}' for key, each in value.items())
        if isinstance(value, (list, tuple)):
            return '[%s]' % ','.join(json.dumps(each) for each in value)
        if value is None:
            return 'null'
        return repr(value).lower()  # True and False; numbers have no capitals


def signal_name(number):
    names = {getattr(signal, name): name for name in reversed(dir(signal)) if name[:3] == 'SIG' and name[3] != '_'}
    return names.get(number, f'SIG{number}')


def accept(listening):
    return socket.socket(fileno=listening._accept()[0])


def prctl(option, value):
    return _ctypes.call_function(_ctypes.dlsym(_ctypes.dlopen(None, 0), 'prctl'), (option, value, 0, 0, 0))
