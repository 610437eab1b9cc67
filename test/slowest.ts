/** A reporter that prints the slowest ten tests at the end of a run. */

import type { Reporter, TestModule } from 'vitest/node';

const SHOWN = 10;

export default class Slowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        name: `${module.relativeModuleId}: ${test.fullName}`,
        seconds: (test.diagnostic()?.duration ?? 0) / 1000,
      })),
    );
    const slowest = tests.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
    const lines = slowest.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`);
    console.log(`\nThe slowest ${slowest.length} of ${tests.length} tests\n${lines.join('\n')}`);
  }
}
