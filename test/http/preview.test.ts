import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm, mealInReview } from '../support/cases.js'
import { deskOf } from '../support/desk.js'
import { codeOf, dataOf, fieldsOf, type HttpHouse, serveHouse } from '../support/http.js'

let http: HttpHouse
beforeAll(async () => {
  http = await serveHouse()
}, 60_000)
afterAll(async () => {
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const fields = 'passable steps { state label seat roles { id } eligible members steppingIn { id } limitRole { id } limit withinLimit problem { code message } }'
const query = `query ($form: HospitalityApplicationInput!) { customerMealHospitalityPreview(form: $form) { ${fields} } }`
const send = async (login: string, form: object, language = 'zh-CN') => (await http.as(login))(query, { form }, { 'accept-language': language })
const previewOf = async (login: string, form: object, language?: string) => dataOf(await send(login, form, language)).customerMealHospitalityPreview
const budget = (amount: string) => ({ budget: [{ item: 'MEAL', amount }], budgetTotal: amount })
const stepOf = (preview: any, state: string) => preview.steps.find((step: any) => step.state === state)
const statesOf = (preview: any) => preview.steps.map(({ state }: any) => state)
/** Does it as an owner does, and undoes it. */
async function meanwhile(change: string, undo: string, work: () => Promise<void>): Promise<void> {
  await http.house.owner.query(change)
  await work().finally(() => http.house.owner.query(undo))
}

test('within the limit of the manager the general manager is not asked', async () => {
  const preview = await previewOf(mealApplicant, mealForm())
  expect(statesOf(preview).slice(0, 5)).toEqual(['draft', 'submitted', 'managerReview', 'financeBudgetReview', 'mealPlanning'])
  expect(statesOf(preview)).not.toContain('gmApproval')
  expect(preview.passable).toBe(true)
  expect(stepOf(preview, 'managerReview')).toMatchObject({
    label: '客服部经理审核',
    roles: [{ id: 'CS_MANAGER' }],
    members: 3,
    eligible: 3,
    steppingIn: null,
    limitRole: { id: 'CS_MANAGER' },
    limit: '2000.00',
    withinLimit: true,
    problem: null,
  })
})

test('above the limit he is, and the manager’s step says so', async () => {
  const preview = await previewOf(mealApplicant, mealForm(budget('2000.01')), 'en')
  expect(statesOf(preview).slice(2, 5)).toEqual(['managerReview', 'gmApproval', 'financeBudgetReview'])
  expect(stepOf(preview, 'managerReview')).toMatchObject({ label: 'Manager review', limit: '2000.00', withinLimit: false })
  expect(stepOf(preview, 'gmApproval')).toMatchObject({ roles: [{ id: 'GENERAL_MANAGER' }], eligible: 1, limit: null, withinLimit: null })
})

test('what the customer’s year has come to counts', async () => {
  const cumulative = `update authority_limit set cumulative = $1 where process = 'customer-meal-hospitality' and role = 'CS_MANAGER'`
  await mealInReview(http.house)
  await meanwhile(cumulative.replace('$1', '1500'), cumulative.replace('$1', '50000'), async () =>
    expect(stepOf(await previewOf(mealApplicant, mealForm()), 'managerReview')).toMatchObject({ withinLimit: false }),
  )
})

test('a manager who applies is not counted among those who may decide', async () => {
  const preview = await previewOf('cs-manager-2', mealForm({ applicant: employeeId('cs-manager-2'), companyGuests: ['cs-manager-3'].map(employeeId) }))
  expect(stepOf(preview, 'managerReview')).toMatchObject({ members: 3, eligible: 1, problem: null })
})

test('where separation of duties leaves no manager, the director steps in', async () => {
  const preview = await previewOf(
    'cs-manager-2',
    mealForm({ applicant: employeeId('cs-manager-2'), companyGuests: ['cs-manager-1', 'cs-manager-3'].map(employeeId) }),
  )
  expect(stepOf(preview, 'managerReview')).toMatchObject({ members: 3, eligible: 0, steppingIn: { id: 'CS_DIRECTOR' }, problem: null })
  expect(preview.passable).toBe(true)
})

test('a role that nobody holds is a problem, and the case could not pass', async () => {
  const ended = (end: string) => `update role_assignment set valid_to = ${end} where role = 'CS_MANAGER'`
  await meanwhile(ended('now()'), ended('null'), async () => {
    const preview = await previewOf(mealApplicant, mealForm(), 'en')
    expect(preview.passable).toBe(false)
    expect(stepOf(preview, 'managerReview')).toMatchObject({
      members: 0,
      eligible: 0,
      steppingIn: null,
      problem: { code: 'ROLE_EMPTY', message: 'Nobody holds the role' },
    })
    expect(stepOf(preview, 'submitted').problem).toBeNull()
  })
})

test('where everybody above is shut out as well, separation of duties is the problem', async () => {
  const everybody = ['cs-manager-1', 'cs-manager-3', 'cs-director-1', 'general-manager-1'].map(employeeId)
  const preview = await previewOf('cs-manager-2', mealForm({ applicant: employeeId('cs-manager-2'), companyGuests: everybody }))
  expect(stepOf(preview, 'managerReview')).toMatchObject({ members: 3, eligible: 0, steppingIn: null, problem: { code: 'SOD_CONFLICT' } })
  expect(preview.passable).toBe(false)
})

test('nothing is written by it, and a form that is not right is told field by field', async () => {
  const before = await http.digest()
  await previewOf(mealApplicant, mealForm())
  const wrong = await send(mealApplicant, mealForm({ venue: '' }))
  expect([codeOf(wrong), fieldsOf(wrong)]).toEqual(['FORM_INVALID', ['venue REQUIRED']])
  expect(codeOf(await http.withToken()(query, { form: mealForm() }))).toBe('UNAUTHENTICATED')
  expect(await http.digest()).toBe(before)
})

test('every process that people open has a preview under its own name', async () => {
  const desk = await deskOf(http, 'cs-manager-1')
  const { processes, __schema } = await desk.read('{ processes { openMutation } __schema { queryType { fields { name } } } }')
  const names = __schema.queryType.fields.map(({ name }: any) => name)
  for (const { openMutation } of processes) expect(names).toContain(openMutation.replace(/Open$/, 'Preview'))
})
