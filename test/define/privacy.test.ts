import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type FieldKind,
  type FieldSpec,
  handlingOf,
  masked,
  maskedAccount,
  maskedAddress,
  maskedEmail,
  maskedName,
  maskedPhone,
  type Reader,
  rightsOf,
  rowFieldsOf,
  shown,
} from '../../src/define/index.js'
import { loadProcesses } from '../../src/registry.js'

const field = (name: string, kind: FieldKind = 'text', extra: Partial<FieldSpec> = {}): FieldSpec => ({
  name,
  kind,
  label: [name, name],
  optional: true,
  sensitivity: 'S2',
  ...extra,
})

describe('masks', () => {
  test.each([
    ['张三', '张*'],
    ['欧阳修', '欧阳*'],
    ['欧阳', '欧*'],
    ['司马光先生', '司马*'],
    ['王', '***'],
    ['John Smith', 'Smith *'],
    ['María José Pérez', 'Pérez *'],
    ['Madonna', '***'],
    ['call 13812345678', '***'],
    ['', '***'],
  ])('the name %s reads %s', (name, mask) => expect(maskedName(name)).toBe(mask))
  test.each([
    ['13812341234', '138****1234'],
    ['+8613812341234', '138****1234'],
    ['0086 138 1234 1234', '138****1234'],
    ['010-12345678', '010****5678'],
    ['87654321', '****4321'],
    ['95588', '***'],
    ['ask Mr Li', '***'],
  ])('the phone %s reads %s', (phone, mask) => expect(maskedPhone(phone)).toBe(mask))
  test.each([
    ['zhang.san@example.com', 'z***@example.com'],
    ['z@example.com', 'z***@example.com'],
    ['no address', '***'],
  ])('the e-mail address %s reads %s', (address, mask) => expect(maskedEmail(address)).toBe(mask))
  test.each([
    ['广东省深圳市南山区科技园1号', '广东省深圳市南山区***'],
    ['北京市朝阳区建国路88号', '北京市朝阳区***'],
    ['上海浦东新区张江路1号', '上海浦东新区***'],
    ['内蒙古自治区呼和浩特市赛罕区大学西街', '内蒙古自治区呼和浩特市赛罕区***'],
    ['江苏省海州市解放路阳光小区3幢', '江苏省海州市***'],
    ['阳光小区3幢502', '***'],
    ['12 Main Street, Springfield', '***'],
    ['北京市', '北京市***'],
  ])('the address %s reads %s', (address, mask) => expect(maskedAddress(address)).toBe(mask))
  test.each([
    ['6222 0212 3456 7890', '****7890'],
    ['6228', '***'],
    ['农行 622848001234', '****1234'],
  ])('the account %s reads %s', (account, mask) => expect(maskedAccount(account)).toBe(mask))

  test('a field is masked by its kind and name; what is none of these is hidden whole, a list item by item', () => {
    expect(masked(field('birthday', 'date'), '1980-05-17')).toBe('1980')
    expect(masked(field('contactPhone', 'phone'), '13812341234')).toBe('138****1234')
    expect(masked(field('attendees', 'texts'), ['张三', '李四'])).toEqual(['张*', '李*'])
    expect(masked(field('complainantInfo'), '张三，住在南山区')).toBe('***')
    expect(masked(field('gender', 'choice'), 'MALE')).toBe('***')
    expect(masked(field('age', 'integer'), 42)).toBe('***')
    expect(masked(field('refundAccount', 'text', { sensitivity: 'S3' }), '6222021234567890')).toBe('****7890')
    expect(masked(field('phone', 'phone'), undefined)).toBeNull()
  })

  const kinds: readonly FieldKind[] = [
    'text',
    'texts',
    'date',
    'datetime',
    'phone',
    'choice',
    'choices',
    'integer',
    'money',
    'flag',
    'file',
    'rows',
    'reference',
  ]
  const names = ['phone', 'name', 'email', 'address', 'birthday', 'account', 'anything']
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...'欧阳张王李省市区县0123456789 -*@.') }),
    fc.constantFrom('***', '****', '张*', '138****1234', '1980', 'z***@example.com'),
  )
  test('whatever a field holds, its mask is text, always the same, and never the value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.constantFrom(...names), fc.oneof(text, fc.array(text), fc.anything()), (kind, name, value) => {
        const mask = masked(field(name, kind), value)
        expect(masked(field(name, kind), value)).toEqual(mask)
        if (value === null || value === undefined) return expect(mask).toBeNull()
        const [masks, values] = Array.isArray(value) ? [mask as string[], value] : [[mask as string], [value]]
        expect(masks).toHaveLength(values.length)
        for (const [index, one] of masks.entries()) {
          expect(typeof one).toBe('string')
          expect(one).not.toBe(values[index])
        }
      }),
      { numRuns: 1000 },
    )
  })
  test('no more than seven digits of a phone and four of an account can be seen', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789 -'), minLength: 1, maxLength: 25 })
    fc.assert(
      fc.property(digits, (value) => {
        expect(maskedPhone(value).replace(/\D/g, '').length).toBeLessThanOrEqual(7)
        expect(maskedAccount(value).replace(/\D/g, '').length).toBeLessThanOrEqual(4)
      }),
    )
  })
})

describe('rights', () => {
  const nobody: Reader = { ties: [], caseIsOpen: true, roles: [], rolesInPlace: [], granted: false }
  const levels = (reader: Partial<Reader>) => {
    const { S1, S2, S3 } = rightsOf({ ...nobody, ...reader })
    return [S1 && 'S1', S2 && 'S2', S3 && 'S3'].filter(Boolean).join(' ')
  }
  // Written after the catalogue, not after the code: who reads which level of an open case, and of a closed one.
  test.each<[string, Partial<Reader>, open: string, closed: string]>([
    ['a stranger', {}, '', ''],
    ['the author of the form', { ties: ['AUTHOR'] }, 'S1 S2 S3', 'S1 S2 S3'],
    ['the applicant', { ties: ['APPLICANT'] }, 'S1', 'S1'],
    ['whoever acted', { ties: ['ACTED'] }, 'S1 S2', 'S1'],
    ['whoever is offered a task', { ties: ['OFFERED'] }, 'S1 S2', 'S1'],
    ['the owner', { ties: ['OWNER'] }, 'S1 S2', 'S1 S2'],
    ['information supervisor', { roles: ['INFO_SUPERVISOR'] }, 'S1 S2', 'S1 S2'],
    ['auditor', { roles: ['AUDITOR'] }, 'S1 S2 S3', 'S1 S2 S3'],
    ['CS manager', { roles: ['CS_MANAGER'] }, 'S1', 'S1'],
    ['finance', { roles: ['FINANCE'] }, 'S1', 'S1'],
    ['finance handling', { roles: ['FINANCE'], ties: ['OFFERED'] }, 'S1 S2 S3', 'S1'],
    ['a proxy of finance', { rolesInPlace: ['FINANCE'], ties: ['OFFERED'] }, 'S1 S2 S3', 'S1'],
    ['the proxy of finance in another case', { rolesInPlace: ['FINANCE'] }, '', ''],
    ['information specialist', { roles: ['INFO_SPECIALIST'] }, '', ''],
    ['organisation administrator', { roles: ['ORGANISATION_ADMINISTRATOR'] }, '', ''],
    ['general manager', { roles: ['GENERAL_MANAGER', 'SENIOR_MANAGEMENT'] }, '', ''],
    ['with a grant', { granted: true }, 'S3', 'S3'],
  ])('%s', (_who, reader, open, closed) => {
    expect(levels({ ...reader, caseIsOpen: true })).toBe(open)
    expect(levels({ ...reader, caseIsOpen: false })).toBe(closed)
  })

  test('a field shows the value, a mask or nothing; rows field by field, and S4 nothing to anybody', () => {
    class Row {}
    const rows = field('rows', 'rows', { rows: () => Row as never })
    const { sensitivity: _, ...open } = rows
    const all = rightsOf({ ...nobody, roles: ['AUDITOR'] })
    const none = rightsOf(nobody)
    expect(shown(field('balance', 'money', { sensitivity: 'S1' }), '100', all)).toBe('100')
    expect(shown(field('balance', 'money', { sensitivity: 'S1' }), '100', none)).toBeNull()
    expect(shown(field('name'), '张三', all)).toBe('张*')
    expect(shown(field('account', 'text', { sensitivity: 'S3' }), '6222021234567890', none)).toBeNull()
    expect(shown(field('account', 'text', { sensitivity: 'S3' }), '6222021234567890', all)).toBe('****7890')
    expect(shown(field('character', 'text', { sensitivity: 'S4' }), '急躁', all)).toBeNull()
    expect(shown(open, [{ unknown: 1 }], all)).toEqual([{}])
  })
  test('only S1 goes unrecorded, and only for those who handle the case', () => {
    expect(Object.entries(handlingOf).map(([level, { onRecord, purpose, grant }]) => [level, onRecord, purpose, grant])).toEqual([
      ['S1', 'but handlers', false, false],
      ['S2', 'all', false, false],
      ['S3', 'all', true, true],
    ])
  })
})

test('no text that a signature or the history quotes carries a level', async () => {
  const { versions } = await loadProcesses()
  const quoted = versions.flatMap(({ definition }) =>
    Object.values(definition.forms).flatMap((form) => rowFieldsOf(form as never).filter(({ name }) => ['opinion', 'reason', 'comment'].includes(name))),
  )
  expect(quoted.length).toBeGreaterThan(0)
  expect(quoted.filter(({ sensitivity }) => sensitivity)).toEqual([])
})
