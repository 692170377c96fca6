import { fact, form, paragraph } from '../src/define/index.js'

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

/** 批示: an instruction is in writing. */
export const inWriting = fact<{ readonly opinion?: Opinion }>(
  ['批示须填写意见', 'the instruction is in writing'],
  ({ data }) => data.opinion?.opinion !== undefined,
  ['opinion'],
)

/** What the holder of an approval may do with it besides deciding, where the page names nothing else. */
export const usualHandling = ['TRANSFER', 'DELEGATE', 'ADD_SIGNER', 'ASK'] as const
