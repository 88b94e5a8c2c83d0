package io.waybill.sender;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;

/**
 * The one thread that uses the transactional writer, so that the poll thread goes on while Kafka
 * takes a transaction. Owned by the poll thread, which gives it one thing to do at a time.
 */
final class WriterThread implements BatchWriter {
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(4);

  private final TransactionalWriter writer;
  private final ExecutorService thread;

  /**
   * @param writer from now on used by this thread alone
   */
  WriterThread(String name, TransactionalWriter writer) {
    this.writer = writer;
    this.thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }

  @Override
  public CompletableFuture<Void> open() {
    return CompletableFuture.runAsync(writer::open, thread);
  }

  @Override
  public CompletableFuture<TransactionalWriter.Result> commit(
      Batch batch, ConsumerGroupMetadata group) {
    return CompletableFuture.supplyAsync(
        () -> writer.commit(batch.records(), batch.offsets(), group), thread);
  }

  @Override
  public void discard() {
    thread.execute(writer::close);
  }

  /** What the future failed with, as it was thrown. */
  static RuntimeException failure(CompletionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException cause ? cause : e;
  }

  @Override
  public void close() {
    thread.execute(writer::close);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        // A broker that does not answer. The interrupted commit closes its producer itself.
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
