import type { Label } from '../define/index.js'
import { operations } from '../engine/handling/operations.js'
import type { OrganisationChange } from '../engine/organisation-change.js'
import type { Beside } from '../persistence/queries/audit-codes.js'

/** What the history tells of beside the acts of the processes: with tasks and cases, in the organisation, and by whoever reads or fails to sign in. */
const labels: Readonly<Record<Beside | OrganisationChange['action'], Label>> = {
  ...(Object.fromEntries(Object.entries(operations).map(([operation, { label }]) => [operation, label])) as Record<keyof typeof operations, Label>),
  OPEN: ['发起', 'Open'],
  COPY: ['抄送', 'Copy'],
  REVOKE: ['发起撤销', 'Ask to revoke'],
  HOLD: ['等待后加签', 'Wait for the signers who follow'],
  HAND_OVER: ['离职交接', 'Hand over'],
  PAUSE: ['暂停计时', 'Stop the clocks'],
  RESUME: ['恢复计时', 'Let the clocks run'],
  RAISE: ['超时升级', 'Raise what lies too long'],
  RECALCULATE: ['按日历重算期限', 'Reckon the terms by the calendar'],
  GRANT_ROLE: ['授予角色', 'Give a role'],
  REVOKE_ROLE: ['撤销角色', 'Take a role away'],
  ADOPT_ROLE: ['认领既有角色', 'Take over a role that was given before the history began'],
  SET_ACTIVE: ['启用或停用账号', 'Switch an account on or off'],
  GRANT_PROXY: ['授权代理', 'Give a proxy'],
  REVOKE_PROXY: ['撤销代理', 'End a proxy'],
  SET_LIMIT: ['设定审批限额', 'Set a limit'],
  SET_CALENDAR: ['更新工作日历', 'Change the calendar'],
  ADD_ENDPOINT: ['新增推送地址', 'Add an endpoint'],
  CHANGE_ENDPOINT: ['变更推送地址', 'Change an endpoint'],
  SET_ENDPOINT_ACTIVE: ['启用或停用推送地址', 'Switch an endpoint on or off'],
  RETRY_DELIVERY: ['重新推送', 'Deliver again'],
  DROP_DELIVERY: ['放弃推送', 'Give up a delivery'],
  PLACE_HOLD: ['设置法律保留', 'Place a hold'],
  LIFT_HOLD: ['解除法律保留', 'Lift a hold'],
  ERASE_CUSTOMER: ['删除客户个人信息', 'Erase the personal values of a customer'],
  GRANT_SENSITIVE_ACCESS: ['申请按需知密授权', 'Propose access to sensitive values'],
  APPROVE_SENSITIVE_ACCESS: ['批准按需知密授权', 'Approve access to sensitive values'],
  REVOKE_SENSITIVE_ACCESS: ['撤销按需知密授权', 'End access to sensitive values'],
  EXPORT_REQUESTED: ['申请导出', 'Ask for an export'],
  EXPORT_STARTED: ['开始下载导出', 'Begin to fetch an export'],
  EXPORT_FINISHED: ['导出下载完成', 'Fetch an export to its end'],
  EXPORT_BROKEN_OFF: ['导出下载中断', 'Break off the fetching of an export'],
  READ_PERSONAL: ['读取个人或保密信息', 'Read personal or confidential values'],
  SIGN_IN_FAILED: ['登录失败', 'Failed sign-in'],
  VERIFY: ['核验历史', 'Verify the history'],
}
/** By action; undefined for one that only a process knows. */
export const besides: Readonly<Record<string, Label | undefined>> = labels
