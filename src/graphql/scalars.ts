import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { GraphQLDateTime, GraphQLLocalDate } from 'graphql-scalars'

const decimalScalar = (name: string, description: string, pattern: RegExp): GraphQLScalarType => {
  const check = (value: unknown): string => {
    if (typeof value === 'string' && pattern.test(value)) return value
    throw new GraphQLError(`${name} takes a plain decimal string, as in "1234.50"`, { extensions: { code: 'INPUT_INVALID' } })
  }
  return new GraphQLScalarType({
    name,
    description,
    serialize: String,
    parseValue: check,
    parseLiteral: (node) => check(node.kind === Kind.STRING ? node.value : undefined),
  })
}

/** No exponent, no NaN, no infinity: what a person writes on paper. Bounds and decimals are the field's own. */
export const Money = decimalScalar('Money', '人民币金额，十进制字符串（元） / An amount in CNY as a decimal string', /^-?\d{1,14}(\.\d{1,2})?$/)
export const DecimalText = decimalScalar('Decimal', '十进制数字符串 / A number as a decimal string', /^-?\d{1,14}(\.\d{1,4})?$/)

/** The same scalar for what both the database and ISO 8601 write with four digits: the years 0001 to 9999, in UTC. An offset may lead out of them. */
const ofFourDigits = <T extends Date | string>(scalar: GraphQLScalarType<T, any>): GraphQLScalarType => {
  const check = (value: T): T => {
    const text = typeof value === 'string' ? value : value.toISOString()
    if (/^\d{4}-/.test(text) && !text.startsWith('0000')) return value
    throw new GraphQLError(`${scalar.name} takes the years 0001 to 9999`, { extensions: { code: 'INPUT_INVALID' } })
  }
  return new GraphQLScalarType({
    ...scalar.toConfig(),
    parseValue: (value) => check(scalar.parseValue(value)),
    parseLiteral: (node, variables) => check(scalar.parseLiteral(node, variables)),
  })
}
export const DateTime = ofFourDigits(GraphQLDateTime)
export const LocalDate = ofFourDigits(GraphQLLocalDate)
