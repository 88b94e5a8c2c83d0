package io.waybill.app;

import io.waybill.channel.CredentialSource;
import io.waybill.domain.DestinationType;
import io.waybill.guard.AddressGuard;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Opener;
import io.waybill.sender.Sender;
import io.waybill.sender.SenderConfig;
import io.waybill.wire.Codecs;
import java.time.Clock;
import java.util.Random;
import java.util.function.Consumer;

/** Makes the senders of a process, each with the channel of its type. Used by one thread. */
final class Senders {
  private final WaybillConfig config;
  private final Codecs codecs;
  private final AddressGuard guard;
  private final Clock clock;
  private final Consumer<AutoCloseable> closedLater;

  /**
   * @param closedLater takes the channels, to be closed after their senders
   */
  Senders(
      WaybillConfig config,
      Codecs codecs,
      AddressGuard guard,
      Clock clock,
      Consumer<AutoCloseable> closedLater) {
    this.config = config;
    this.codecs = codecs;
    this.guard = guard;
    this.clock = clock;
    this.closedLater = closedLater;
  }

  /**
   * The sender of a type, not started.
   *
   * @throws io.waybill.secrets.KeysetException when there is no keyset: no start without a key
   */
  RunningRole sender(Role role, DestinationType type) {
    CredentialSource credentials = new SealedCredentials(new Opener(Keyset.load(config.keyset())));
    Channels.Running running =
        new Channels(config.sending(), guard, clock).start(type, credentials);
    closedLater.accept(running.channel());
    Sending sending = config.sending();
    return new SenderRole(
        role.word(),
        new Sender(
            new SenderConfig(type, config.instance(), config.kafka())
                .withPolicies(sending.retry(), sending.circuitBreaker()),
            codecs,
            running.channel(),
            clock,
            new Random()),
        running.runs());
  }
}
