/** Training cannot start or go on; the message says why and what to do. */
export class TrainingError extends Error {
  override readonly name: string = 'TrainingError';
}

/** The numbers ran away; the message says what was seen. The last checkpoint is from before that. */
export class DivergenceError extends TrainingError {
  override readonly name = 'DivergenceError';
}
