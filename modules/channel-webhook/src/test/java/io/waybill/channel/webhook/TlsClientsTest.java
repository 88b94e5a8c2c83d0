package io.waybill.channel.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.WebhookTls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.core5.reactor.IOReactorStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TlsClientsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final List<CloseableHttpAsyncClient> made = new ArrayList<>();
  private final TlsClients clients = new TlsClients(identity -> newClient(), 2, nanos::get);

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

  private void use(String ca) throws Exception {
    clients.lend(identity(ca));
    clients.giveBack(identity(ca));
  }

  private static void awaitClosed(CloseableHttpAsyncClient client) {
    await().until(() -> client.getStatus() == IOReactorStatus.SHUT_DOWN);
  }

  private static boolean lives(CloseableHttpAsyncClient client) {
    return client.getStatus().compareTo(IOReactorStatus.ACTIVE) <= 0;
  }

  @Test
  void anIdentityHasOneClientAndNoOtherShares() throws Exception {
    assertThat(clients.lend(identity("a"))).isSameAs(clients.lend(identity("a")));
    assertThat(clients.lend(identity("b"))).isNotSameAs(made.getFirst());
    assertThat(made).hasSize(2);
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
  void beyondTheLimitTheOneThatRestedLongestIsClosed() throws Exception {
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
  void whoIsInUseIsNotClosed() throws Exception {
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
  void whoRestsForLongIsClosed() throws Exception {
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
  void closingClosesAll() throws Exception {
    use("a");
    clients.lend(identity("b"));

    clients.close();

    made.forEach(TlsClientsTest::awaitClosed);
  }
}
