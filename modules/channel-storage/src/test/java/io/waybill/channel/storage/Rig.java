package io.waybill.channel.storage;

import io.waybill.domain.Outcome;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.NameResolver;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A channel, its guard and its stores, closed together. */
final class Rig implements AutoCloseable {
  private final List<AutoCloseable> opened = new ArrayList<>();
  private NameResolver resolver = NameResolver.ofJdk();
  private List<Cidr> allowed = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));
  private PlatformCredentials platform = PlatformCredentials.none();
  private SSLContext sslContext = jvmTrust();
  private StorageSettings settings = StorageSettings.defaults("1.2.3");
  private Instant now = Attempts.CREATED.plus(Duration.ofHours(1));
  private final InstantSource clock = () -> now;
  private @Nullable StorageChannel channel;
  private Attempts current = Attempts.anAttempt();

  Rig resolver(NameResolver newResolver) {
    resolver = newResolver;
    return this;
  }

  Rig allowingNothing() {
    allowed = List.of();
    return this;
  }

  Rig platform(PlatformCredentials newPlatform) {
    platform = newPlatform;
    return this;
  }

  Rig trusting(SSLContext context) {
    sslContext = context;
    return this;
  }

  /** Writes in parts of a size that no store takes, so that tests are quick. */
  Rig inPartsFrom(int bytes, int size) {
    settings =
        new StorageSettings(
            settings.userAgent(),
            settings.maxConnections(),
            settings.connectTimeout(),
            settings.keepAlive(),
            settings.timeToLive(),
            new StorageSettings.Parts(bytes, size));
    return this;
  }

  Instant now() {
    return now;
  }

  void later(Duration time) {
    now = now.plus(time);
  }

  RawServer serve(RawServer server) {
    opened.add(server);
    return server;
  }

  Outcome send(Attempts attempt) {
    current = attempt;
    try {
      return channel().send(attempt.build()).toCompletableFuture().get(40, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no outcome", e);
    }
  }

  StorageChannel channel() {
    StorageChannel running = channel;
    if (running == null) {
      AddressGuard guard = new AddressGuard(resolver, allowed, 2);
      running =
          StorageChannel.start(
              settings,
              (secrets, config) -> current.opening().open(secrets, config),
              platform,
              guard,
              clock,
              sslContext);
      opened.add(guard);
      opened.add(running);
      channel = running;
    }
    return running;
  }

  static SSLContext jvmTrust() {
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
