package io.waybill.app;

import io.waybill.app.telemetry.Telemetry;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.DestinationType;
import io.waybill.guard.AddressGuard;
import io.waybill.secrets.Opener;
import io.waybill.secrets.PayloadOpener;
import io.waybill.sender.Sender;
import io.waybill.sender.SenderConfig;
import io.waybill.sender.SenderLimits;
import io.waybill.wire.Codecs;
import java.time.Clock;
import java.util.Random;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the senders of a process, each with the channel of its type. Used by one thread. */
final class Senders {
  private static final Logger LOG = LoggerFactory.getLogger(Senders.class);

  private static final long MIB = 1024 * 1024;

  private final WaybillConfig config;
  private final Codecs codecs;
  private final AddressGuard guard;
  private final Clock clock;
  private final Consumer<AutoCloseable> closedLater;
  private final Telemetry telemetry;

  /**
   * @param closedLater takes the channels, to be closed after their senders
   */
  Senders(
      WaybillConfig config,
      Codecs codecs,
      AddressGuard guard,
      Clock clock,
      Consumer<AutoCloseable> closedLater,
      Telemetry telemetry) {
    this.telemetry = telemetry;
    this.config = config;
    this.codecs = codecs;
    this.guard = guard;
    this.clock = clock;
    this.closedLater = closedLater;
  }

  /**
   * The sender of a type, not started.
   *
   * @throws io.waybill.secrets.KeysetException when there is no keyset, or a file of payload keys
   *     is configured and not there: no start without a key
   */
  RunningRole sender(Role role, DestinationType type) {
    CredentialSource credentials =
        new SealedCredentials(
            Opener.watching(config.keyset(), Senders::tellOfKeys, Thread::startVirtualThread));
    Sending sending = config.sending();
    PayloadOpener payloads =
        sending
            .payloadKeys()
            // Looks at the file before it opens: a key that was destroyed long ago counts at once.
            .map(file -> PayloadOpener.watching(file, Senders::tellOfKeys, Runnable::run))
            .orElseGet(PayloadOpener::withoutKeys);
    Channels.Running running = new Channels(sending, guard, clock).start(type, credentials);
    Channel channel = new UnsealingChannel(running.channel(), payloads);
    closedLater.accept(channel);
    Sender sender =
        new Sender(
            new SenderConfig(type, config.instance(), config.kafka())
                .withPolicies(sending.retry(), sending.circuitBreaker())
                .withLimits(limits()),
            codecs,
            channel,
            clock,
            new Random(),
            telemetry.sender(role.word(), type),
            telemetry.traces());
    telemetry.watchSender(type, sender::load);
    return new SenderRole(role.word(), sender, running.runs());
  }

  /** What the operator says, or less where this JVM's heap is small for that. */
  private SenderLimits limits() {
    SenderLimits wanted = config.sending().limits();
    int senders = (int) config.roles().stream().filter(Role::isSender).count();
    long heap = Runtime.getRuntime().maxMemory();
    SenderLimits limits = wanted.within(heap, Math.max(1, senders));
    if (limits.bytes() < wanted.bytes()) {
      LOG.atInfo()
          .addKeyValue("heapMib", heap / MIB)
          .addKeyValue("senders", senders)
          .addKeyValue("bytesMib", limits.bytes() / MIB)
          .addKeyValue("cacheMib", limits.payloadCacheBytes() / MIB)
          .log("senders hold less at a time, for the heap is small");
    }
    if (heap < SenderLimits.leastHeap(Math.max(1, senders))) {
      LOG.atWarn()
          .addKeyValue("heapMib", heap / MIB)
          .addKeyValue("leastMib", SenderLimits.leastHeap(Math.max(1, senders)) / MIB)
          .log("the heap may be too small for large payloads: give it more with -Xmx");
    }
    return limits;
  }

  private static void tellOfKeys(String problem) {
    LOG.atWarn()
        .addKeyValue("problem", problem)
        .log("changed keys cannot be read, the earlier ones stay in use");
  }
}
