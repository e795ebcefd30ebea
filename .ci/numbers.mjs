// Prints `passed failed` of a Vitest report, and adds each failed test with its errors to a file: node .ci/numbers.mjs REPORT FAILURES
import { appendFileSync, readFileSync } from 'node:fs'

const [report, failures] = process.argv.slice(2)
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))

for (const { name, message, assertionResults } of testResults) {
  for (const test of assertionResults.filter(({ status }) => status === 'failed'))
    appendFileSync(failures, `${name}\n  ${test.fullName} (${Math.round(test.duration ?? 0)} ms)\n${test.failureMessages.join('\n')}\n\n`)
  // A file that could not be read, or a hook that failed.
  if (message) appendFileSync(failures, `${name}\n${message}\n\n`)
}
console.log(`${numPassedTests} ${numFailedTests}`)
