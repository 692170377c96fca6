import type { Label } from './label.js'

/** Words for the events that many processes share; a process names the others itself. */
export const commonEvents: Readonly<Record<string, Label>> = {
  SUBMIT: ['提交', 'Submit'],
  APPROVE: ['同意', 'Approve'],
  APPROVE_AND_ESCALATE: ['同意并上报', 'Approve and escalate'],
  RETURN: ['退回', 'Return'],
  REJECT: ['否决', 'Reject'],
  CANCEL: ['取消', 'Cancel'],
  SIGN: ['签署', 'Sign'],
  RATIFY: ['核准', 'Ratify'],
  CONFIRM: ['确认', 'Confirm'],
  INSTRUCT: ['批示', 'Give instruction'],
  WITHDRAW: ['撤回', 'Withdraw'],
  TAKE_BACK: ['拿回', 'Take back'],
  AMEND: ['变更内容', 'Amend'],
  ABSTAIN: ['弃权', 'Abstain'],
  COUNT: ['计票', 'Count the votes'],
  ABANDON: ['放弃', 'Abandon'],
  GIVE_OPINION: ['签署会签意见', 'Give countersigning opinion'],
  SUBMIT_REPORT: ['提交报告', 'Submit the report'],
}
