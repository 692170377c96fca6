import { form, paragraph } from '../src/define/index.js'

/** What an approval carries: an opinion, which may be empty. */
@form('opinion', '意见', 'Opinion')
export class Opinion {
  @paragraph('意见', 'Opinion', { optional: true }) opinion?: string
}

/** What a return, a refusal or a cancellation carries: the reason, which may not be empty. */
@form('reason', '理由', 'Reason')
export class Reason {
  @paragraph('理由', 'Reason') reason!: string
}

/** What the holder of an approval may do with it besides deciding, where the page names nothing else. */
export const usualHandling = ['TRANSFER', 'DELEGATE', 'ADD_SIGNER', 'ASK'] as const
