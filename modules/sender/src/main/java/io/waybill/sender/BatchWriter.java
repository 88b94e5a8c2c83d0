package io.waybill.sender;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;

/** Brings batches into Kafka, one at a time, without holding up whoever asks. */
interface BatchWriter extends AutoCloseable {

  /** As of {@link TransactionalWriter#open}. */
  CompletableFuture<Void> open();

  /** As of {@link TransactionalWriter#commit}. */
  CompletableFuture<TransactionalWriter.Result> commit(Batch batch, ConsumerGroupMetadata group);

  /** Lets go of a producer that is not to be used any more. */
  void discard();

  /** Waits a bounded time for what is under way, then breaks it off; what is open is aborted. */
  @Override
  void close();
}
