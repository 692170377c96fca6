import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'

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
