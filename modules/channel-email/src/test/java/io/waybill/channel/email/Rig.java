package io.waybill.channel.email;

import io.waybill.channel.contract.ConnectProxy;
import io.waybill.channel.email.cms.PasswordKeys;
import io.waybill.domain.Outcome;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.EgressProxy;
import io.waybill.guard.NameResolver;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A channel, its guard and its servers, closed together. */
final class Rig implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-03-02T00:00:10Z");

  private final List<AutoCloseable> opened = new ArrayList<>();
  private NameResolver resolver = NameResolver.ofJdk();
  private List<Cidr> allowed = List.of(Cidr.parse("127.0.0.0/8"));
  private Set<String> allowUnencrypted = Set.of("127.0.0.1");
  private SSLContext sslContext = jvmTrust();
  private Optional<EgressProxy> proxy = Optional.empty();
  private @Nullable EmailChannel channel;
  private Instant now = NOW;
  private PasswordKeys keys = new PasswordKeys(() -> now, 1_000);
  private Attempts current = Attempts.anAttempt();

  Rig resolver(NameResolver newResolver) {
    resolver = newResolver;
    return this;
  }

  Rig allowingNoNetwork() {
    allowed = List.of();
    return this;
  }

  Rig allowingClearOnlyAt(String... hosts) {
    allowUnencrypted = Set.of(hosts);
    return this;
  }

  /** A clock that stands at another time. */
  Rig at(Instant time) {
    now = time;
    return this;
  }

  /** With keys as they are derived outside of tests. */
  Rig derivingAsAlways() {
    keys = new PasswordKeys(() -> now);
    return this;
  }

  /** Has everything go through an operator's proxy, whose name nobody else's certificate has. */
  ConnectProxy through(ConnectProxy.Manner manner) {
    ConnectProxy running = new ConnectProxy(manner);
    opened.add(running);
    proxy =
        Optional.of(
            new EgressProxy(
                "proxy.internal", running.port(), EgressProxy.Asks.BY_ADDRESS, Optional.empty()));
    return running;
  }

  Rig trusting(SSLContext context) {
    sslContext = context;
    return this;
  }

  ScriptedSmtp serve(ScriptedSmtp server) {
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

  EmailChannel channel() {
    EmailChannel running = channel;
    if (running == null) {
      AddressGuard guard = new AddressGuard(resolver, allowed, 2, proxy);
      running =
          EmailChannel.start(
              EmailSettings.defaults("waybill.example").allowingUnencrypted(allowUnencrypted),
              (secrets, config) -> current.credentials().open(secrets, config),
              guard,
              () -> now,
              sslContext,
              keys);
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
