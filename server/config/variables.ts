/** The table of all DOJOU_* variables: what each may be, what it means, and what to say when it is wrong. */
import { isIP } from 'node:net';
import { z } from 'zod';

export interface Words {
  readonly ja: string;
  readonly en: string;
}

interface Variable<T> {
  /** What counts when the variable is absent or empty; null where that is worked out from the rest. */
  readonly fallback: string | null;
  /** Said instead of the fallback in the documentation. */
  readonly shown?: Words;
  readonly schema: z.ZodType<T, string>;
  readonly means: Words;
  /** Continues 「…は入れられないので、」 and “… cannot be …: ”. */
  readonly remedy: Words;
}

const variable = <T>(spec: Variable<T>): Variable<T> => spec;

const wholeNumber = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const flag: z.ZodType<boolean, string> = z.enum(['0', '1']).transform((value) => value === '1');
const FLAG_REMEDY: Words = { ja: '1 か 0 にしてください', en: 'give 1 or 0' };
const NONE: Words = { ja: 'なし', en: 'none' };

const host = z
  .string()
  .refine((value) => isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value));

const origin = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  const bare = url?.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  const openable = url?.hostname !== '0.0.0.0' && url?.hostname !== '[::]';
  if (url && web && bare && openable) return url.origin;
  context.addIssue('not an origin');
  return z.NEVER;
});

/** An origin with `*` for its first label. */
const hostPattern = z.string().transform((value, context) => {
  const [, scheme = '', rest = ''] = /^(https?:\/\/)\*\.([a-z0-9.-]+(?::\d{1,5})?)\/?$/i.exec(value) ?? [];
  const url = rest !== '' && URL.canParse(`${scheme}any.${rest}`) ? new URL(`${scheme}any.${rest}`) : null;
  if (url !== null) return `${url.protocol}//*.${url.host.slice('any.'.length)}`;
  context.addIssue('no pattern of hosts');
  return z.NEVER;
});

/** `1` stands for a proxy on this computer. */
const proxies = z.string().transform((value, context): readonly string[] => {
  if (value === '0') return [];
  if (value === '1') return ['127.0.0.1', '::1'];
  const addresses = value.split(',').map((address) => address.trim());
  if (addresses.every(isAddressOrRange)) return addresses;
  context.addIssue('not addresses');
  return z.NEVER;
});

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

export const VARIABLES = {
  DOJOU_HOST: variable({
    fallback: '127.0.0.1',
    schema: host,
    means: {
      ja: '待ち受けるアドレス。`127.0.0.1` ならこの PC からだけ、`0.0.0.0` なら LAN からも届きます',
      en: 'Address to listen on: `127.0.0.1` for this computer alone, `0.0.0.0` for the network too',
    },
    remedy: { ja: 'IP アドレスかホスト名にしてください', en: 'give an IP address or a host name' },
  }),
  DOJOU_PORT: variable({
    fallback: '8310',
    schema: wholeNumber(0, 65_535),
    means: {
      ja: '待ち受けるポート。`0` なら空いているものを選びます',
      en: 'Port to listen on; `0` takes a free one',
    },
    remedy: {
      ja: '0〜65535 の整数(たとえば 8310)にしてください',
      en: 'give a whole number from 0 to 65535, such as 8310',
    },
  }),
  DOJOU_URL: variable({
    fallback: null,
    shown: { ja: '`http://localhost:ポート`', en: '`http://localhost:PORT`' },
    schema: origin,
    means: {
      ja: 'ブラウザで開くアドレス(オリジン)。ほかのアドレスのページからの接続は断ります',
      en: 'The one address (origin) that browsers open; connections from pages elsewhere are refused',
    },
    remedy: {
      ja: 'パスのない http か https のアドレス(たとえば https://dojou.example)にしてください',
      en: 'give an http or https address without a path, such as https://dojou.example',
    },
  }),
  DOJOU_DATA: variable({
    fallback: './data',
    schema: z.string().refine((value) => !value.includes('\0')),
    means: {
      ja: '記録を置くフォルダー。相対パスはこのリポジトリーから数えます',
      en: 'Folder for everything that is kept; a relative path starts at this repository',
    },
    remedy: { ja: 'フォルダーのパスにしてください', en: 'give the path of a folder' },
  }),
  DOJOU_SANDBOX: variable({
    fallback: 'bubblewrap',
    schema: z.enum(['bubblewrap', 'process']),
    means: {
      ja: 'シェルの隔離のしかた。`process` は隔離しません。開発のときと、使い捨ての一人用マシンだけで使います',
      en: 'How shells are isolated. `process` does not isolate: for development, and for a disposable machine with one seat',
    },
    remedy: { ja: 'bubblewrap か process にしてください', en: 'give bubblewrap or process' },
  }),
  DOJOU_TLS_CERT: variable({
    fallback: null,
    shown: NONE,
    schema: z.string(),
    means: {
      ja: 'https の証明書(PEM)のパス。`DOJOU_TLS_KEY` と一緒に指定します',
      en: 'Path of the https certificate (PEM), together with `DOJOU_TLS_KEY`',
    },
    remedy: { ja: '証明書のパスにしてください', en: 'give the path of a certificate' },
  }),
  DOJOU_TLS_KEY: variable({
    fallback: null,
    shown: NONE,
    schema: z.string(),
    means: { ja: 'https の秘密鍵(PEM)のパス', en: 'Path of the https private key (PEM)' },
    remedy: { ja: '秘密鍵のパスにしてください', en: 'give the path of a private key' },
  }),
  DOJOU_TRUST_PROXY: variable({
    fallback: '0',
    schema: proxies,
    means: {
      ja: '手前に置いたプロキシを信じるか。`1` はこの PC のプロキシ、ほかの PC ならそのアドレスを `,` で区切ります',
      en: 'Whose forwarded headers to trust: `1` for a proxy on this computer, else its addresses, separated by `,`',
    },
    remedy: {
      ja: '1 か 0、またはプロキシのアドレス(たとえば 10.0.0.0/8)にしてください',
      en: 'give 1, 0, or the addresses of the proxy, such as 10.0.0.0/8',
    },
  }),
  DOJOU_INSECURE_LAN: variable({
    fallback: '0',
    schema: flag,
    means: {
      ja: '`1` なら暗号化しない http を LAN に出すことを認めます。信頼できる網だけで使います',
      en: '`1` allows plain http beyond this computer, for a network that you trust',
    },
    remedy: FLAG_REMEDY,
  }),
  DOJOU_PREVIEW_URL: variable({
    fallback: null,
    shown: { ja: '`/preview/…`(同じアドレスの下)', en: '`/preview/…`, below the one address' },
    schema: hostPattern,
    means: {
      ja: '練習環境の中のウェブページを見せるアドレス。`https://*.preview.example` の形なら、ページごとに別のホスト名になります',
      en: 'Where web pages of a seat are shown; `https://*.preview.example` gives each page a host of its own',
    },
    remedy: {
      ja: 'いちばん左が * のアドレス(たとえば https://*.preview.example)にしてください',
      en: 'give an address whose leftmost label is *, such as https://*.preview.example',
    },
  }),
  DOJOU_LOG_LEVEL: variable({
    fallback: 'info',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    means: {
      ja: 'ログの細かさ。`debug`、`info`、`warn`、`error`、`silent` のどれか',
      en: 'How much is logged: `debug`, `info`, `warn`, `error` or `silent`',
    },
    remedy: {
      ja: 'debug、info、warn、error、silent のどれかにしてください',
      en: 'give debug, info, warn, error or silent',
    },
  }),
  DOJOU_SEATS: variable({
    fallback: null,
    shown: { ja: 'メモリーから計算', en: 'worked out from memory' },
    schema: wholeNumber(1, 1000),
    means: {
      ja: '同時に動かす練習環境の数の上限',
      en: 'How many practice seats may run at the same time',
    },
    remedy: { ja: '1〜1000 の整数にしてください', en: 'give a whole number from 1 to 1000' },
  }),
  DOJOU_WARM_SEATS: variable({
    fallback: '2',
    schema: wholeNumber(0, 20),
    means: {
      ja: 'シェルを待たせないために、先に始めておく練習環境の数。`0` なら先に始めません',
      en: 'How many practice seats are started ahead, so that nobody waits for a shell; `0` for none',
    },
    remedy: { ja: '0〜20 の整数にしてください', en: 'give a whole number from 0 to 20' },
  }),
  DOJOU_IDLE_MINUTES: variable({
    fallback: '15',
    schema: wholeNumber(1, 1440),
    means: {
      ja: '誰も見ていない練習環境を片付けるまでの分数。ホームと進み具合は残ります',
      en: 'Minutes until a seat that nobody looks at is put away; home and progress are kept',
    },
    remedy: { ja: '1〜1440 の整数(分)にしてください', en: 'give a whole number of minutes from 1 to 1440' },
  }),
} as const;

export type VariableName = keyof typeof VARIABLES;

/** What the variables say, parsed, before anything is worked out from them. */
export type Values = {
  readonly [Name in VariableName]:
    | z.output<(typeof VARIABLES)[Name]['schema']>
    | ((typeof VARIABLES)[Name]['fallback'] extends null ? null : never);
};
