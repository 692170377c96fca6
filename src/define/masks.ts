import type { FieldSpec } from './fields.js'

/** What remains to be seen of a value of which nothing may be: the same for all. */
const hidden = '***'
/** A mask never is the value itself, whatever somebody wrote into the field. */
const unlike = (value: string, mask: string): string => (mask !== value ? mask : value === hidden ? '****' : hidden)

/** Surnames of two characters (百家姓 and its supplements, those that are still borne). */
const compoundSurnames = new Set(
  `欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 令狐 百里 呼延 东郭 南门 羊舌 微生 公良 拓跋 轩辕 梁丘 左丘 段干 西门 第五`.split(
    ' ',
  ),
)
/** 姓名: the surname and `*`; of a name in letters the last word. What does not look like a name is hidden whole. */
export function maskedName(value: string): string {
  const name = value.trim()
  if (/^\p{Script=Han}./su.test(name)) {
    const isCompound = [...name].length > 2 && compoundSurnames.has([...name].slice(0, 2).join(''))
    return unlike(value, `${[...name].slice(0, isCompound ? 2 : 1).join('')}*`)
  }
  const words = name.split(/\s+/)
  const isName = words.length > 1 && words.length < 5 && words.every((word) => /^[\p{L}\p{M}.'’-]{1,40}$/u.test(word))
  return unlike(value, isName ? `${words.at(-1)} *` : hidden)
}
/** `138****1234`; of fewer than eleven digits only the last four, of fewer than eight none. The country code +86 is left out. */
export function maskedPhone(value: string): string {
  if (!/^[+\d][\d\s()-]*$/.test(value)) return unlike(value, hidden)
  const digits = value.replace(/\D/g, '').replace(/^(?:00)?86(?=\d{10,})/, '')
  if (digits.length < 8) return unlike(value, hidden)
  return unlike(value, `${digits.length < 11 ? '' : digits.slice(0, 3)}****${digits.slice(-4)}`)
}
/** `z***@example.com`. */
export function maskedEmail(value: string): string {
  const [, first, domain] = /^([^\s@])[^\s@]*@([^\s@]+)$/.exec(value) ?? []
  return unlike(value, first ? `${first}***@${domain}` : hidden)
}
const division = /^(?:[^\d省]{1,8}?(?:省|自治区))?(?:[^\d市]{1,8}?(?:市|自治州|地区|盟))?(?:[^\d区县市旗]{1,8}(?:(?<![小社园校街])区|县|市|旗))?/u
/** An address down to its district, or to its city where it names none: `广东省深圳市南山区***`. */
export function maskedAddress(value: string): string {
  return unlike(value, `${division.exec(value)?.[0] ?? ''}${hidden}`)
}
/** The year of a day or an instant. */
const maskedDate = (value: string): string => unlike(value, /^(\d{4})(?!\d)/.exec(value)?.[1] ?? hidden)
/** The last four digits of an account. */
export function maskedAccount(value: string): string {
  const digits = value.replace(/\D/g, '')
  return unlike(value, digits.length < 8 ? hidden : `****${digits.slice(-4)}`)
}

/** What the texts of the catalogue hold (`catalogue/forms/privacy.md`, fields by level): how each is masked. Any other text is hidden whole. */
const texts: readonly (readonly [mask: (value: string) => string, fields: string])[] = [
  [
    maskedName,
    `person customerName name principalName principal responsiblePerson legalRepresentative actualOperator chairman generalManager directSupervisor handler
     businessHandler respondent equipmentManager contactName contactPerson contact visitor visitors visitee visitees interviewee recipient actualRecipients witness
     customerGuests attendees participants decisionMaker complainantName payee handedOverTo signedBy customer sentBy callerName visitorName businessContact
     paymentContact projectLeaderAndPost financeManager infoManager generalManagerOrFactoryDirector accountableEmployees employee`,
  ],
  [maskedPhone, 'phone phoneFax contactPhone principalPhone equipmentManagerPhone complainantPhone callerNumber calledNumber number'],
  [maskedEmail, 'email'],
  [maskedAddress, 'address customerAddress complainantAddress principalResidence legalRepAddress operatorResidence residence2'],
  [maskedDate, 'birthday birthYearMonth legalRepBirthDate operatorBirthDate'],
  [maskedAccount, 'account bankAccount refundAccount'],
]
const maskOf = new Map(texts.flatMap(([mask, fields]) => fields.split(/\s+/).map((field) => [field, mask] as const)))

/** One value in the shape of its mask: text. */
function maskedOne({ kind, name }: FieldSpec, value: unknown): string {
  if (typeof value !== 'string') return hidden
  if (kind === 'phone') return maskedPhone(value)
  if (kind === 'date' || kind === 'datetime') return maskedDate(value)
  return kind === 'text' || kind === 'texts' ? (maskOf.get(name) ?? ((text: string) => unlike(text, hidden)))(value) : unlike(value, hidden)
}

/** What everybody may see of a personal value. In: a stored value. Out: text, a list of texts for a list, null for none; never the value, never an error. */
export function masked(spec: FieldSpec, value: unknown): string | string[] | null {
  if (value === undefined || value === null) return null
  return Array.isArray(value) ? value.map((one) => maskedOne(spec, one)) : maskedOne(spec, value)
}
