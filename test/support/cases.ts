import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import type { DrivenCase, House } from './house.js'

export const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
export const mealApplicant = 'relations-specialist-3'

/** A filled-in application for a meal, as a person would send it. */
export const mealForm = (extra: object = {}) => ({
  applicant: employeeId(mealApplicant),
  department: departmentId('CS-RELATIONS'),
  applyDate: today,
  customer: customerId('C0001'),
  venue: '江畔酒楼',
  banquetDate: today,
  customerGuests: ['孙莉'],
  companyGuests: [employeeId(mealApplicant)],
  budget: [{ item: 'MEAL', amount: '1000' }],
  budgetTotal: '1000',
  purpose: '答谢',
  ...extra,
})

/** A meal that waits for the review of a manager. */
export async function mealInReview(house: House, extra: object = {}): Promise<DrivenCase> {
  const meal = await house.open(mealApplicant, 'customer-meal-hospitality', mealForm(extra))
  await meal.act(mealApplicant, 'SUBMIT')
  await meal.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  return meal
}
