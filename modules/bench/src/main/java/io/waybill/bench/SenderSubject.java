package io.waybill.bench;

import io.waybill.channel.CredentialSource;
import io.waybill.channel.webhook.WebhookChannel;
import io.waybill.channel.webhook.WebhookSettings;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.Traces;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.NameResolver;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Opener;
import io.waybill.secrets.Opening;
import io.waybill.sender.Sender;
import io.waybill.sender.SenderConfig;
import io.waybill.sender.SenderLoad;
import io.waybill.sender.SenderMetrics;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The webhook sender as the service wires it: registry, keyset, address guard, channel. The channel
 * stays from start to start, as it does while a sender runs.
 */
final class SenderSubject implements Subject {
  private final SenderConfig config;
  private final Codecs codecs;
  private final Map<String, Codecs> elsewhere = new HashMap<>();
  private final WebhookChannel channel;
  private volatile @Nullable Sender sender;
  private @Nullable Watching watching;
  private SenderMetrics metrics = SenderMetrics.NONE;

  /** Trusts receivers whose certificates that context takes. */
  SenderSubject(SenderConfig config, String registryUrl, Path keyset, SSLContext trust) {
    this.config = config;
    this.codecs = codecs(registryUrl);
    this.channel =
        WebhookChannel.start(
            WebhookSettings.defaults("bench"),
            new Credentials(new Opener(Keyset.load(keyset))),
            new AddressGuard(
                NameResolver.ofJdk(),
                List.of(Cidr.parse("127.0.0.0/8")),
                AddressGuard.DEFAULT_LOOKUPS),
            Clock.systemUTC(),
            trust);
  }

  private static Codecs codecs(String registryUrl) {
    return new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registryUrl)));
  }

  @Override
  public void start() {
    start(config, codecs, SenderMetrics.NONE, Traces.NONE);
  }

  /** Begins with another broker and registry, where the keyset and the receivers are the same. */
  void startAt(String bootstrapServers, String registryUrl) {
    SenderConfig there =
        new SenderConfig(
            config.type(),
            config.instanceId(),
            Map.of("bootstrap.servers", bootstrapServers),
            config.limits(),
            config.retryDefaults(),
            config.breaker(),
            config.startWithin());
    start(
        there,
        elsewhere.computeIfAbsent(registryUrl, SenderSubject::codecs),
        SenderMetrics.NONE,
        Traces.NONE);
  }

  /** Begins with the service's telemetry, which stays from start to start. */
  void startWatched() throws IOException {
    Watching present = watching;
    if (present == null) {
      present = new Watching();
      watching = present;
      metrics = present.telemetry().sender("sender-webhook", config.type());
      present.telemetry().watchSender(config.type(), this::load);
    }
    start(config, codecs, metrics, present.telemetry().traces());
  }

  private void start(SenderConfig there, Codecs with, SenderMetrics counting, Traces traces) {
    Sender next =
        new Sender(there, with, channel, Clock.systemUTC(), new Random(), counting, traces);
    next.start();
    sender = next;
  }

  private SenderLoad load() {
    Sender running = sender;
    return running == null ? SenderLoad.NOTHING : running.load();
  }

  @Override
  public void stop() {
    Sender running = sender;
    if (running == null) {
      throw new IllegalStateException("the sender does not run");
    }
    running.close();
    sender = null;
  }

  /** The same as the service's own, which its module keeps to itself. */
  private record Credentials(Opener opener) implements CredentialSource {
    @Override
    public CredentialSource.Credentials open(DestinationSecrets secrets, DestinationConfig config) {
      return switch (opener.open(secrets, config)) {
        case Opening.Opened opened -> {
          try (opened) {
            Map<String, char[]> values = new HashMap<>();
            opened
                .secrets()
                .forEach((name, secret) -> values.put(name, secret.reveal().toCharArray()));
            yield new Opened(values);
          }
        }
        case Opening.KeyUnavailable unavailable -> new KeyUnavailable(unavailable.message());
        case Opening.Broken broken -> new Broken(broken.message());
      };
    }
  }
}
