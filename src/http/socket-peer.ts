import type { IncomingMessage } from 'node:http'
import { CloseCode } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Language } from '../define/index.js'

/** Bounds of the subscriptions of one server process. */
export interface SocketLimits {
  readonly connections: number
  readonly connectionsPerEmployee: number
  readonly subscriptionsPerConnection: number
  /** Of one message from a client. */
  readonly messageBytes: number
  /** Not yet taken by one client: beyond it, or when nothing was taken for so long, the socket is closed; he goes on by his cursor. */
  readonly bufferedBytes: number
  readonly stallMs: number
  /** Every so often each client is asked for a sign of life, and looked up anew. */
  readonly keepAliveMs: number
  /** Until then a client must have said who he is. */
  readonly initialiseMs: number
}
export const socketLimits: SocketLimits = {
  connections: 1000,
  connectionsPerEmployee: 20,
  subscriptionsPerConnection: 20,
  messageBytes: 100 * 1024,
  bufferedBytes: 1024 * 1024,
  stallMs: 10_000,
  keepAliveMs: 12_000,
  initialiseMs: 3_000,
}

/** The codes of WebSocket itself that say: come back. */
export const restarting = 1012
export const tryAgainLater = 1013

/** One socket and whoever is behind it. */
export class Peer {
  /** Null until he has said who he is. */
  employeeId: string | null = null
  authorization = ''
  language: Language
  readonly ended = new AbortController()
  #alive = true

  constructor(
    readonly socket: WebSocket,
    readonly request: IncomingMessage,
    readonly requestId: string,
    language: Language,
    readonly limits: SocketLimits,
  ) {
    this.language = language
    const aliveAgain = () => {
      this.#alive = true
    }
    socket.on('pong', aliveAgain).on('message', aliveAgain)
  }

  /** Hands a message over; done when the client's side has room for it, so that nobody produces faster than it is taken. */
  send(text: string): Promise<void> {
    const { socket, limits } = this
    if (socket.readyState !== socket.OPEN) return Promise.resolve()
    if (socket.bufferedAmount > limits.bufferedBytes) {
      this.tooSlow()
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const stalled = setTimeout(() => this.tooSlow(), limits.stallMs)
      // What could not be sent is noticed by whoever listens for the close.
      socket.send(text, () => {
        clearTimeout(stalled)
        resolve()
      })
    })
  }
  tooSlow(): void {
    this.close(tryAgainLater, 'too slow: go on from your last cursor')
  }
  /** Ends every stream of it with the reason, then the socket. */
  dismiss(reason: Error): void {
    this.ended.abort(reason)
    setTimeout(() => this.close(CloseCode.Forbidden, 'Forbidden'), 1000).unref()
  }
  /** A peer who gives no sign of life from one beat to the next is gone. */
  beat(): void {
    if (this.#alive) this.socket.ping()
    else this.socket.terminate()
    this.#alive = false
  }
  /** Says goodbye; whoever does not answer is cut off. */
  close(code: number, reason: string): void {
    this.socket.close(code, reason)
    setTimeout(() => this.socket.terminate(), this.limits.stallMs / 2).unref()
  }
}
