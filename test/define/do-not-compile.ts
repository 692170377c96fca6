import { applicant, defineProcess, form, role, text } from '../../src/define/index.js'

@form('slip', '单据', 'Slip')
class Slip {
  @text('内容', 'Content') content!: string
}
const forms = { slip: Slip }
/** A small sound definition, and the pieces to spoil it with. */
export const sound = {
  id: 'sound',
  version: 1,
  title: ['合格', 'Sound'],
  source: 'test',
  forms,
  startedBy: role('EMPLOYEE'),
  startsWith: 'slip',
  owner: 'CS_MANAGER',
  initial: 'draft',
} as const
export const end = { type: 'final', label: ['结束', 'End'], outcome: 'completed' } as const
export const waiting = { label: ['等待', 'Waiting'], assignee: applicant } as const

/** These lines are checked by the compiler: each would be a hole if it compiled. */
export const doNotCompile = [
  // @ts-expect-error a target that does not exist
  () => defineProcess({ ...sound, states: { draft: { ...waiting, on: { SUBMIT: { target: 'dnoe' } } }, done: end } }),
  // @ts-expect-error a waiting state that is nobody's
  () => defineProcess({ ...sound, states: { draft: { label: ['等待', 'Waiting'], on: { SUBMIT: { target: 'done' } } }, done: end } }),
  // @ts-expect-error a form that the process does not have
  () => defineProcess({ ...sound, states: { draft: { ...waiting, on: { SUBMIT: { target: 'done', form: 'slips' } } }, done: end } }),
  // @ts-expect-error a role that does not exist
  () => role('CHIEF_WIZARD'),
  // @ts-expect-error an initial state that does not exist
  () => defineProcess({ ...sound, initial: 'start', states: { draft: { ...waiting, on: { SUBMIT: { target: 'done' } } }, done: end } }),
]
