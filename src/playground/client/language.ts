/** The worker, as the page asks it. */
import type { Answer, Failure, Question, Questions, Topic } from './messages.ts';

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** That nothing knows the language. */
export class WithoutLanguage extends Error {}

export class Language {
  private worker: Worker | null;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  /** `onFault` is told once when the worker cannot be had: nothing is known of any text then, and all questions are refused. */
  constructor(address: string, onFault: () => void) {
    this.worker = new Worker(address, { type: 'module' });
    this.worker.onerror = () => {
      if (this.worker === null) return;
      this.worker.terminate();
      this.worker = null;
      for (const { reject } of this.waiting.values()) reject(new WithoutLanguage());
      this.waiting.clear();
      onFault();
    };
    this.worker.onmessage = ({ data }: MessageEvent<Answer | Failure>) => this.receive(data);
  }

  /** Rejects with WithoutLanguage when the worker is not to be had, with another Error for a fault of ours. */
  ask<T extends Topic>(topic: T, ask: Questions[T]['ask']): Promise<Questions[T]['answer']> {
    const { worker } = this;
    if (worker === null) return Promise.reject(new WithoutLanguage());
    this.lastId += 1;
    const question: Question<T> = { id: this.lastId, topic, ask };
    return new Promise((resolve, reject) => {
      this.waiting.set(question.id, { resolve, reject });
      worker.postMessage(question);
    });
  }

  private receive(told: Answer | Failure): void {
    const waiting = this.waiting.get(told.id);
    this.waiting.delete(told.id);
    if ('failure' in told) waiting?.reject(new Error(told.failure));
    else waiting?.resolve(told.answer as never);
  }
}
