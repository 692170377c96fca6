import { ValidateBy, type ValidationOptions } from 'class-validator'
import { Decimal } from 'decimal.js'

/** A property check from a plain predicate; the predicate also serves lists, item by item. */
const check =
  (name: string, test: (value: unknown) => boolean) =>
  (options: ValidationOptions = {}) =>
    ValidateBy({ name, validator: { validate: (value) => test(value) } }, options)

export const isDay = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const day = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(value)
}

/** Well-formed Unicode without control characters other than tab and line feed: what PostgreSQL keeps as it is. */
export const isCleanText = (value: unknown): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are what is looked for
  typeof value === 'string' && value.isWellFormed() && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(value)

export const IsCleanText = check('isCleanText', isCleanText)
export const IsDay = check('isDay', isDay)
export const IsTimeOfDay = check('isTimeOfDay', (value) => typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(value))
export const IsInstant = check(
  'isInstant',
  (value) =>
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(value) && isDay(value.slice(0, 10)) && !Number.isNaN(Date.parse(value)),
)
/** The form of every id of ours, in either case. */
export const isUuid = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
export const IsUuid = check('isUuid', isUuid)
/** A Chinese mobile or landline number, or an international one; blanks and hyphens are free. */
export const IsPhone = check('isPhone', (value) => typeof value === 'string' && /^\+?[\d][\d -]{5,19}$/.test(value))

/** A plain decimal string (no exponent, NaN or infinity), within bounds and with few enough decimals. */
export const IsAmount = ({ decimals, min, max }: { decimals: number; min: string; max?: string }) =>
  ValidateBy({
    name: 'isAmount',
    validator: {
      validate: (value) => {
        if (typeof value !== 'string' || !/^-?\d{1,14}(\.\d+)?$/.test(value)) return false
        const amount = new Decimal(value)
        return amount.decimalPlaces() <= decimals && amount.gte(min) && (max === undefined || amount.lte(max))
      },
    },
  })

/** The same check for every item of a list. */
export const ArrayOf = (of: (options: ValidationOptions) => PropertyDecorator) => of({ each: true })
