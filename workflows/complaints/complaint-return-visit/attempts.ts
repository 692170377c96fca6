import { dayOf, daysBetween, hourOf } from '../../common.js'

/** Q6: three calls at three times of day within three days. The borders of the times of day are ours. */
export const attemptSettings = {
  maxAttempts: { label: ['最多联系次数', 'Attempts before a customer counts as unreachable'], value: 3 },
  attemptDays: { label: ['联系期限（自首次联系起，天）', 'Days for all attempts, from the first on'], value: 3 },
  noonHour: { label: ['下午时段起始（时）', 'Hour at which the afternoon begins'], value: 12 },
  eveningHour: { label: ['晚间时段起始（时）', 'Hour at which the evening begins'], value: 18 },
} as const
type Figures = Readonly<Record<string, number>>
const figure = (settings: Figures, name: keyof typeof attemptSettings): number => settings[name] ?? attemptSettings[name].value

/** An attempt that reached nobody. ISO 8601. */
interface Attempt {
  readonly attemptedAt: string
}
const slotsOfDay = 3
function slotOf({ attemptedAt }: Attempt, settings: Figures): string {
  const hour = hourOf(attemptedAt)
  if (hour < figure(settings, 'noonHour')) return 'before noon'
  return hour < figure(settings, 'eveningHour') ? 'afternoon' : 'evening'
}
/** One after the other. */
export const inOrder = (attempts: readonly Attempt[]): boolean =>
  attempts.every(({ attemptedAt }, index) => index === 0 || Date.parse(attempts[index - 1]!.attemptedAt) < Date.parse(attemptedAt))
/** No time of day a second time before each has been tried. */
export const atDifferentTimes = (attempts: readonly Attempt[], settings: Figures): boolean =>
  new Set(attempts.map((attempt) => slotOf(attempt, settings))).size >= Math.min(attempts.length, slotsOfDay)
/** The first and the last are so near each other that they count together. */
export const countTogether = (attempts: readonly Attempt[], settings: Figures): boolean =>
  attempts.length < 2 || daysBetween(dayOf(attempts[0]!.attemptedAt), dayOf(attempts.at(-1)!.attemptedAt)) <= figure(settings, 'attemptDays')
export const attemptsUsed = (attempts: readonly Attempt[], settings: Figures): boolean => attempts.length >= figure(settings, 'maxAttempts')

/** Was enough done to reach the customer? */
export const enoughAttempts = (attempts: readonly Attempt[], settings: Figures): boolean =>
  attemptsUsed(attempts, settings) && inOrder(attempts) && atDifferentTimes(attempts, settings) && countTogether(attempts, settings)
