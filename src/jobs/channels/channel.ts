/** What became of one sending. RETRY: try later (`afterMs` when the receiver said so); REFUSED: never will. `why`: for the operator, no secrets. */
export type Sent =
  | { readonly kind: 'SENT' }
  | { readonly kind: 'RETRY'; readonly why: string; readonly afterMs?: number }
  | { readonly kind: 'REFUSED'; readonly why: string }

/** What is sent. `id`: the message id, stable over retries, for de-duplication by the receiver. */
export interface Message {
  readonly id: string
  /** When it happened (ISO 8601). */
  readonly at: string
  readonly subject: string
  readonly text: string
  readonly link: string | null
  /** Who is called by name in a group, where the robot can. */
  readonly mobiles: readonly string[]
  /** Of a webhook; the other channels send the words. */
  readonly body: object | null
}

/** `secret`: of a webhook (`whsec_…`) or the signing key of a robot; null where a robot checks no signature. */
export interface Endpoint {
  readonly channel: 'WEBHOOK' | 'DINGTALK' | 'WECOM' | 'FEISHU'
  readonly url: string
  readonly secret: string | null
}
export type Target = Endpoint | { readonly channel: 'EMAIL'; readonly address: string }

/** Every failure to send is an answer; nothing that a receiver does makes `send` throw. */
export interface Channels {
  send(target: Target, message: Message): Promise<Sent>
  /** Ends every connection; what is under way answers RETRY. */
  close(): Promise<void>
}

export interface ChannelsConfig {
  /** Exact (`oapi.dingtalk.com`) or every name below one (`*.example.com`); with `:port` where it is not 443. */
  readonly allowedHosts: readonly string[]
  /** For receivers inside the house and for trials: also http, any port, and private addresses of the hosts allowed. */
  readonly allowPrivate: boolean
  /** The longest that one sending may take, all told. */
  readonly timeoutMs: number
  /** `smtps://user:password@host` or `smtp://host:port`. */
  readonly smtpUrl: string | undefined
  /** `name <address>`. */
  readonly mailFrom: string
}
