package io.waybill.app;

import io.waybill.channel.Attempt;
import io.waybill.channel.Bugs;
import io.waybill.channel.Channel;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.secrets.PayloadOpener;
import io.waybill.secrets.PayloadOpening;
import io.waybill.wire.RequestCodec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sealed payloads in front of a channel, for one attempt. What the sender keeps of the task,
 * its retries and its dead letter among them, stays sealed. Payloads in clear pass untouched.
 */
final class UnsealingChannel implements Channel {
  private static final Logger LOG = LoggerFactory.getLogger(UnsealingChannel.class);

  /** Smaller ones may be opened side by side. */
  private static final int LARGE_BYTES = 1024 * 1024;

  private final Channel channel;
  private final PayloadOpener opener;

  /** Opening takes three times the payload for a moment: of large ones, one at a time. */
  private final Semaphore openingLarge = new Semaphore(1);

  private volatile boolean closed;

  UnsealingChannel(Channel channel, PayloadOpener opener) {
    this.channel = channel;
    this.opener = opener;
  }

  @Override
  public DestinationType type() {
    return channel.type();
  }

  @Override
  public CompletionStage<Outcome> send(Attempt attempt) {
    if (!(attempt.task().payload() instanceof TaskPayload.Inline inline) || !inline.sealed()) {
      return channel.send(attempt);
    }
    // Not on the caller's thread, which reads records: ten megabytes, or keys that have to be read
    // again, take their time.
    return CompletableFuture.supplyAsync(() -> unseal(attempt), Thread::startVirtualThread)
        .thenCompose(outcome -> outcome)
        .exceptionally(bug -> failed(attempt, bug));
  }

  /** What is opened lies beside what was sealed, which a dead letter would need. */
  @Override
  public long footprint(Optional<Destination> destination, long payloadBytes) {
    return channel.footprint(destination, payloadBytes) + (opener.hasKeys() ? payloadBytes : 0);
  }

  /** Data is not looked at on the way, so there is nothing to open. */
  @Override
  public CompletionStage<Outcome> probe(Attempt attempt) {
    return channel.probe(attempt);
  }

  private CompletionStage<Outcome> unseal(Attempt attempt) {
    return switch (open(attempt)) {
      case PayloadOpening.Opened opened -> sendOpen(attempt, opened.data(), opened.metadata());
      case PayloadOpening.KeyUnavailable unavailable ->
          CompletableFuture.completedStage(
              new Outcome.Transient(
                  Reason.KEY_UNAVAILABLE, unavailable.message(), Optional.empty(), Duration.ZERO));
      case PayloadOpening.KeyDestroyed destroyed ->
          refused(Reason.PAYLOAD_KEY_DESTROYED, destroyed.message());
      case PayloadOpening.Broken broken -> refused(Reason.INTEGRITY, broken.message());
    };
  }

  private PayloadOpening open(Attempt attempt) {
    Task task = attempt.task();
    boolean isLarge = attempt.data().size() > LARGE_BYTES;
    if (isLarge) {
      openingLarge.acquireUninterruptibly();
    }
    try {
      return opener.open(
          task.organizationId(), task.deliveryId(), task.payloadType(), attempt.data());
    } finally {
      if (isLarge) {
        openingLarge.release();
      }
    }
  }

  private CompletionStage<Outcome> sendOpen(Attempt attempt, RawJson data, RawJson metadata) {
    // Fan-out could not look inside; a channel splices what it gets into what it sends.
    if (!RequestCodec.isJson(data, false) || !RequestCodec.isJson(metadata, true)) {
      return refused(
          Reason.MALFORMED,
          "the sealed payload does not hold one JSON value as data and one JSON object as"
              + " metadata");
    }
    if (closed) {
      // What was opened in vain meanwhile is not handed on; the attempt may be made elsewhere.
      return CompletableFuture.completedStage(
          new Outcome.Transient(
              Reason.CONNECTION_LOST,
              "this sender was stopped before the payload was sent",
              Optional.empty(),
              Duration.ZERO));
    }
    Task open = attempt.task().withPayload(new TaskPayload.Inline(data)).withMetadata(metadata);
    return channel
        .send(
            new Attempt(
                open, attempt.destination(), attempt.secrets(), data, attempt.number(), true))
        .thenApply(UnsealingChannel::withoutReference);
  }

  /** A receiver's own name for the request is its free text: it may repeat what was sealed. */
  private static Outcome withoutReference(Outcome outcome) {
    return outcome instanceof Outcome.Delivered delivered
        ? new Outcome.Delivered(delivered.answer(), Optional.empty(), delivered.took())
        : outcome;
  }

  private static Outcome failed(Attempt attempt, Throwable bug) {
    LOG.atError()
        .setCause(Bugs.withoutMessages(bug))
        .addKeyValue("taskId", attempt.task().taskId())
        .addKeyValue("destinationId", attempt.destination().id())
        .addKeyValue("attempt", attempt.number())
        .log("sealed payload could not be handed to its channel");
    return new Outcome.Transient(
        Reason.CHANNEL_ERROR,
        "the sealed payload could not be handed on; the sender's log says where it failed",
        Optional.empty(),
        Duration.ZERO);
  }

  private static CompletionStage<Outcome> refused(Reason reason, String message) {
    return CompletableFuture.completedStage(new Outcome.Permanent(reason, message, Duration.ZERO));
  }

  @Override
  public void close() {
    closed = true;
    channel.close();
  }
}
