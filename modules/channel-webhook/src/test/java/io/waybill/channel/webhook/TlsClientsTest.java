package io.waybill.channel.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.WebhookTls;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.core5.reactor.IOReactorStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TlsClientsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final List<CloseableHttpAsyncClient> made = new CopyOnWriteArrayList<>();
  private final TlsClients clients =
      new TlsClients(identity -> newClient(), 2, nanos::get, Runnable::run);

  @AfterEach
  void close() {
    clients.close();
  }

  private CloseableHttpAsyncClient newClient() {
    CloseableHttpAsyncClient client = HttpAsyncClients.createDefault();
    client.start();
    made.add(client);
    return client;
  }

  private static TlsIdentity identity(String ca) {
    return TlsIdentity.of(new WebhookTls(Optional.of(ca), Optional.empty()), Optional.empty());
  }

  private void use(String ca) {
    clients.lend(identity(ca)).giveBack();
  }

  private static CloseableHttpAsyncClient client(TlsClients.Loan loan) {
    return loan.client().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static void awaitClosed(CloseableHttpAsyncClient client) {
    await().until(() -> client.getStatus() == IOReactorStatus.SHUT_DOWN);
  }

  private static boolean lives(CloseableHttpAsyncClient client) {
    return client.getStatus().compareTo(IOReactorStatus.ACTIVE) <= 0;
  }

  @Test
  void anIdentityHasOneClientAndNoOtherShares() {
    assertThat(client(clients.lend(identity("a")))).isSameAs(client(clients.lend(identity("a"))));
    assertThat(client(clients.lend(identity("b")))).isNotSameAs(made.getFirst());
    assertThat(made).hasSize(2);
  }

  @Test
  void makingOneHoldsUpNobodyElse() throws Exception {
    CountDownLatch mayBeMade = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    TlsIdentity slow = identity("slow");
    try (TlsClients some =
        new TlsClients(
            identity -> {
              if (identity.equals(slow)) {
                begun.incrementAndGet();
                awaitForUpToAMinute(mayBeMade);
              }
              return newClient();
            },
            2,
            nanos::get,
            Thread::startVirtualThread)) {
      TlsClients.Loan first = some.lend(slow);
      TlsClients.Loan second = some.lend(slow);
      await().until(() -> begun.get() == 1);

      assertThat(lives(client(some.lend(identity("quick"))))).isTrue();
      some.tidy();
      assertThat(first.client()).isNotDone();

      mayBeMade.countDown();
      assertThat(client(first)).isSameAs(client(second));
      assertThat(begun).as("times it was made").hasValue(1);
    }
  }

  @Test
  void oneThatIsMadeAfterTheEndIsClosed() {
    List<Runnable> toMake = new ArrayList<>();
    TlsClients some = new TlsClients(identity -> newClient(), 2, nanos::get, toMake::add);
    some.lend(identity("a"));

    some.close();
    toMake.forEach(Runnable::run);

    assertThat(made).hasSize(1);
    awaitClosed(made.getFirst());
    assertThat(some.lend(identity("b")).client()).isCompletedExceptionally();
    assertThat(toMake).hasSize(1);
  }

  @Test
  void whatCouldNotBeMadeIsMadeAnewForTheNext() throws Exception {
    Queue<Exception> failures =
        new ArrayDeque<>(
            List.of(new GeneralSecurityException("no such key"), new IllegalStateException("bug")));
    TlsClients some =
        new TlsClients(
            identity -> {
              switch (failures.poll()) {
                case null -> {}
                case GeneralSecurityException unusable -> throw unusable;
                case Exception bug -> throw new IllegalStateException(bug);
              }
              return newClient();
            },
            1,
            nanos::get,
            Runnable::run);
    TlsClients.Loan unusable = some.lend(identity("a"));
    assertThat(unusable.client())
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(GeneralSecurityException.class);
    assertThat(some.lend(identity("a")).client()).isCompletedExceptionally();
    assertThat(some.size()).isZero();

    CloseableHttpAsyncClient good = client(some.lend(identity("a")));
    // It was lent once; who gives back what he never got does not make it look unused.
    unusable.giveBack();
    some.lend(identity("b"));
    assertThat(some.size()).isEqualTo(2);
    assertThat(lives(good)).isTrue();
    some.close();
  }

  private static void awaitForUpToAMinute(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theKeyIsPartOfTheIdentity() {
    WebhookTls tls = new WebhookTls(Optional.empty(), Optional.of("c"));

    assertThat(TlsIdentity.of(tls, Optional.of("key 1")))
        .isEqualTo(TlsIdentity.of(tls, Optional.of("key 1")))
        .isNotEqualTo(TlsIdentity.of(tls, Optional.of("key 2")));
    assertThat(TlsIdentity.of(tls, Optional.of("key 1")).toString()).doesNotContain("key 1");
  }

  @Test
  void beyondTheLimitTheOneThatRestedLongestIsClosed() {
    use("a");
    use("b");
    use("a");
    use("c");

    awaitClosed(made.get(1));
    assertThat(clients.size()).isEqualTo(2);
    assertThat(lives(made.get(0))).isTrue();
    assertThat(lives(made.get(2))).isTrue();
  }

  @Test
  void whoIsInUseIsNotClosed() {
    clients.lend(identity("a"));
    clients.lend(identity("b"));
    clients.lend(identity("c"));

    assertThat(clients.size()).isEqualTo(3);
    assertThat(made).allMatch(TlsClientsTest::lives);
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    clients.tidy();
    assertThat(clients.size()).isEqualTo(3);
  }

  @Test
  void whoRestsForLongIsClosed() {
    use("a");
    nanos.addAndGet(Duration.ofMinutes(4).toNanos());
    use("b");
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());

    clients.tidy();

    awaitClosed(made.get(0));
    assertThat(clients.size()).isEqualTo(1);
    assertThat(lives(made.get(1))).isTrue();
  }

  @Test
  void closingClosesAll() {
    use("a");
    clients.lend(identity("b"));

    clients.close();

    made.forEach(TlsClientsTest::awaitClosed);
  }
}
