/** The worker, as the page asks it. */
import type { Answer, Failure, Question, Questions, Topic } from './messages.ts';

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

export class Language {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(address: string) {
    this.worker = new Worker(address, { type: 'module' });
    this.worker.onmessage = ({ data }: MessageEvent<Answer | Failure>) => this.receive(data);
  }

  ask<T extends Topic>(topic: T, ask: Questions[T]['ask']): Promise<Questions[T]['answer']> {
    this.lastId += 1;
    const question: Question<T> = { id: this.lastId, topic, ask };
    return new Promise((resolve, reject) => {
      this.waiting.set(question.id, { resolve, reject });
      this.worker.postMessage(question);
    });
  }

  private receive(told: Answer | Failure): void {
    const waiting = this.waiting.get(told.id);
    this.waiting.delete(told.id);
    if ('failure' in told) waiting?.reject(new Error(told.failure));
    else waiting?.resolve(told.answer as never);
  }
}
