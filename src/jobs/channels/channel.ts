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

export type Target =
  | { readonly channel: 'WEBHOOK' | 'DINGTALK' | 'WECOM' | 'FEISHU'; readonly url: string; readonly secret: string | null }
  | { readonly channel: 'EMAIL'; readonly address: string }

/** The ways by which word leaves the house. */
export interface Channels {
  send(target: Target, message: Message): Promise<Sent>
  close(): Promise<void>
}
