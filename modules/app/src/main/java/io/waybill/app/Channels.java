package io.waybill.app;

import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.email.EmailChannel;
import io.waybill.channel.email.EmailSettings;
import io.waybill.channel.storage.StorageChannel;
import io.waybill.channel.storage.StorageSettings;
import io.waybill.channel.webhook.WebhookChannel;
import io.waybill.channel.webhook.WebhookSettings;
import io.waybill.domain.DestinationType;
import io.waybill.domain.EmailRules;
import io.waybill.guard.AddressGuard;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;

/** Makes the channels of senders, and the same ones for whoever tests a connection. */
final class Channels {
  /** What a mail server is told where this machine does not know its own name (RFC 5321, 4.1.4). */
  private static final String NAMELESS = "localhost";

  private final Sending sending;
  private final AddressGuard guard;
  private final Clock clock;

  Channels(Sending sending, AddressGuard guard, Clock clock) {
    this.sending = sending;
    this.guard = guard;
    this.clock = clock;
  }

  /** A channel, and whether it can send at all. */
  record Running(Channel channel, BooleanSupplier runs) {}

  /** The channel of a type, running; its owner closes it. */
  Running start(DestinationType type, CredentialSource credentials) {
    return switch (type) {
      case WEBHOOK -> webhook(credentials);
      case EMAIL -> email(credentials);
      case STORAGE -> storage(credentials);
    };
  }

  private Running webhook(CredentialSource credentials) {
    WebhookChannel channel =
        WebhookChannel.start(
            WebhookSettings.defaults(Version.current()), credentials, guard, clock, whomToTrust());
    return new Running(channel, channel::isRunning);
  }

  private Running email(CredentialSource credentials) {
    EmailSettings settings =
        EmailSettings.defaults(ownName())
            .allowingUnencrypted(sending.unencryptedSmtp())
            .callingInstead(sending.mailEndpoints().ses(), sending.mailEndpoints().sendGrid());
    return new Running(
        EmailChannel.start(settings, credentials, guard, clock, whomToTrust()), () -> true);
  }

  private Running storage(CredentialSource credentials) {
    return new Running(storageChannel(credentials), () -> true);
  }

  /** The channel that writes objects, for whoever cleans up after it too. */
  StorageChannel storageChannel(CredentialSource credentials) {
    return StorageChannel.start(
        StorageSettings.defaults(Version.current()),
        credentials,
        sending.platformCredentials(),
        guard,
        clock,
        whomToTrust());
  }

  private static String ownName() {
    try {
      String name = InetAddress.getLocalHost().getHostName();
      return EmailRules.checkHost(name).isEmpty() ? name : NAMELESS;
    } catch (UnknownHostException e) {
      return NAMELESS;
    }
  }

  private static SSLContext whomToTrust() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }
}
