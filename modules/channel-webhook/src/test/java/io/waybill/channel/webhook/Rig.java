package io.waybill.channel.webhook;

import io.waybill.domain.Outcome;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.NameResolver;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A channel, its guard and its receivers, closed together. */
final class Rig implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-03-01T10:20:00Z");

  private final List<AutoCloseable> opened = new ArrayList<>();
  private NameResolver resolver = NameResolver.ofJdk();
  private List<Cidr> allowed = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));
  private SSLContext sslContext = jvmTrust();
  private Instant now = NOW;
  private @Nullable WebhookChannel channel;
  private Attempts current = Attempts.anAttempt();

  Rig resolver(NameResolver newResolver) {
    resolver = newResolver;
    return this;
  }

  Rig at(Instant time) {
    now = time;
    return this;
  }

  Rig allowingNothing() {
    allowed = List.of();
    return this;
  }

  Rig trusting(SSLContext context) {
    sslContext = context;
    return this;
  }

  RawServer serve(RawServer server) {
    opened.add(server);
    return server;
  }

  Outcome send(Attempts attempt) {
    try {
      return start(attempt).get(40, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no outcome", e);
    }
  }

  CompletableFuture<Outcome> start(Attempts attempt) {
    current = attempt;
    return channel().send(attempt.build()).toCompletableFuture();
  }

  /** As if the topic of secrets held none of the attempt's header values. */
  Outcome sendWithoutValues(Attempts attempt) {
    current = Attempts.anAttempt();
    return channel()
        .send(attempt.build())
        .toCompletableFuture()
        .orTimeout(9, TimeUnit.SECONDS)
        .join();
  }

  WebhookChannel channel() {
    WebhookChannel running = channel;
    if (running == null) {
      AddressGuard guard = new AddressGuard(resolver, allowed, 2);
      running =
          WebhookChannel.start(
              WebhookSettings.defaults("1.2.3"),
              (secrets, config) -> current.credentials().open(secrets, config),
              guard,
              InstantSource.fixed(now),
              sslContext);
      opened.add(guard);
      opened.add(running);
      channel = running;
    }
    return running;
  }

  private static SSLContext jvmTrust() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    for (AutoCloseable each : opened.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
