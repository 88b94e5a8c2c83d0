package io.waybill.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final List<AddressGuard> guards = new ArrayList<>();

  @AfterEach
  void closeGuards() {
    guards.forEach(AddressGuard::close);
  }

  @DisplayName("rows 23, 25, 26: refuses")
  @ParameterizedTest
  @ValueSource(
      strings = {
        // this host, and what else the JVM reads as such
        "0.0.0.0",
        "0.255.255.255",
        "0",
        "127.0.0.1",
        "127.255.255.254",
        "127.1",
        "127.0.1",
        "2130706433",
        "[::]",
        "[::1]",
        "::1",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:0:1]",
        // cloud metadata
        "169.254.169.254",
        "2852039166",
        "[::ffff:a9fe:a9fe]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b::169.254.169.254]",
        "[2002:a9fe:a9fe::]",
        "192.0.0.192",
        // private and shared networks, first and last address
        "10.0.0.0",
        "10.255.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.168.0.0",
        "192.168.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "169.254.0.1",
        "[::ffff:10.0.0.1]",
        "[::ffff:192.168.1.1]",
        "[fc00::1]",
        "[fdff:ffff::1]",
        "[fe80::1]",
        "[febf::1]",
        "[fec0::1]",
        // reserved
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[ff02::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[100::1]",
        "[2001::1]",
        "[2001:0:1::]",
        "[2001:1ff:ffff::1]",
        "[2002::1]",
        "[64:ff9b:1::1]",
        "[5f00::1]",
        "[::2]",
        "[::8.8.8.8]",
      })
  void refuses(String host) {
    assertThat(verdict(guard(host1 -> List.of()), host))
        .as(host)
        .isInstanceOf(Verdict.Denied.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.1",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.1",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "[2606:4700:4700::1111]",
        "[2001:200::1]",
        "[2001:4860:4860::8888]",
        "[2003::1]",
        "[::ffff:8.8.8.8]",
        "[2a00:1450:4001:80b::200e]",
      })
  void allows(String host) {
    assertThat(verdict(guard(host1 -> List.of()), host))
        .as(host)
        .isInstanceOf(Verdict.Allowed.class);
  }

  @Test
  void aLiteralIsNeverLookedUp() {
    AtomicInteger calls = new AtomicInteger();
    AddressGuard guard =
        guard(host -> {
          calls.incrementAndGet();
          return List.of();
        });

    verdict(guard, "8.8.8.8");
    verdict(guard, "[2606:4700:4700::1111]");

    assertThat(calls).hasValue(0);
  }

  @DisplayName("row 27: one bad address refuses all")
  @Test
  void oneBadAddressRefusesAll() {
    AddressGuard guard = guard(host -> List.of(ip("93.184.216.34"), ip("10.0.0.7")));

    assertThat(verdict(guard, "mixed.example"))
        .isEqualTo(
            new Verdict.Denied(ip("10.0.0.7"), Cidr.parse("10.0.0.0/8"), "a private network"));
  }

  @Test
  void dialsWhatWasJudgedAndAsksOnce() {
    AtomicInteger calls = new AtomicInteger();
    AddressGuard guard =
        guard(host ->
            calls.incrementAndGet() == 1 ? List.of(ip("93.184.216.34")) : List.of(ip("127.0.0.1")));

    assertThat(verdict(guard, "rebinds.example"))
        .isEqualTo(new Verdict.Allowed(List.of(ip("93.184.216.34"))));
    assertThat(calls).hasValue(1);
    assertThat(verdict(guard, "rebinds.example")).isInstanceOf(Verdict.Denied.class);
  }

  @DisplayName("row 26: the operator allows one network and no other")
  @Test
  void theOperatorAllowsOneNetworkAndNoOther() {
    AddressGuard guard = guard(host -> List.of(), "127.0.0.0/8", "fd00::/8");

    assertThat(verdict(guard, "127.0.0.1")).isInstanceOf(Verdict.Allowed.class);
    assertThat(verdict(guard, "[::ffff:127.0.0.1]")).isInstanceOf(Verdict.Allowed.class);
    assertThat(verdict(guard, "[fd00::5]")).isInstanceOf(Verdict.Allowed.class);
    assertThat(verdict(guard, "[fc00::5]")).isInstanceOf(Verdict.Denied.class);
    assertThat(verdict(guard, "[::1]")).isInstanceOf(Verdict.Denied.class);
    assertThat(verdict(guard, "10.0.0.1")).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void whoAllowsNat64DoesNotAllowWhatIsDeniedBehindIt() {
    AddressGuard guard = guard(host -> List.of(), "64:ff9b::/96");

    assertThat(verdict(guard, "[64:ff9b::8.8.8.8]")).isInstanceOf(Verdict.Allowed.class);
    assertThat(verdict(guard, "[64:ff9b::169.254.169.254]")).isInstanceOf(Verdict.Denied.class);
    assertThat(verdict(guard, "[64:ff9b::10.0.0.1]")).isInstanceOf(Verdict.Denied.class);
  }

  /** The same program may hand the host on to one that reads it in another way. */
  @DisplayName("row 23: what is not written in the usual way is neither dialled nor looked up")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "134744072",
        "8.8.8.8.",
        "8.8.2056",
        "8.8.8.08",
        "[8.8.8.8]",
        "\uFF18.8.8.8",
        "[a.example]"
      })
  void whatIsNotWrittenInTheUsualWayIsNeitherDialledNorLookedUp(String host) {
    AddressGuard guard =
        guard(name -> {
          throw new AssertionError("looked up " + name);
        });

    assertThat(verdict(guard, host)).isEqualTo(new Verdict.Unresolvable());
  }

  @DisplayName("row 25: tells without a look up what a host spells out")
  @ParameterizedTest
  @ValueSource(strings = {"localhost", "X.LocalHost.", "metadata.google.internal", "0177.0.0.1"})
  void tellsWithoutALookUpWhatAHostSpellsOut(String host) {
    AddressGuard guard =
        guard(name -> {
          throw new AssertionError("looked up " + name);
        });

    assertThat(guard.deniedAsSpelled(host)).isPresent();
    assertThat(guard.deniedAsSpelled("hooks.example.com")).isEmpty();
    assertThat(guard.deniedAsSpelled("8.8.8.8")).isEmpty();
  }

  @Test
  void theProxyIsWhereTheOperatorSaysAndADestinationThereIsJudged() {
    AddressGuard guard =
        new AddressGuard(
            host -> List.of(ip("10.0.0.9")),
            List.of(),
            2,
            Optional.of(
                new EgressProxy(
                    "proxy.internal", 3128, EgressProxy.Asks.BY_ADDRESS, Optional.empty())));
    guards.add(guard);

    assertThat(guard.proxyAddresses().toCompletableFuture().join()).containsExactly(ip("10.0.0.9"));
    assertThat(verdict(guard, "proxy.internal")).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void aNameWithoutAddressIsUnresolvable() {
    AddressGuard unknown =
        guard(host -> {
          throw new UnknownHostException(host);
        });
    AddressGuard broken =
        guard(host -> {
          throw new IllegalStateException("resolver broke");
        });

    assertThat(verdict(unknown, "nowhere.example")).isEqualTo(new Verdict.Unresolvable());
    assertThat(verdict(broken, "nowhere.example")).isEqualTo(new Verdict.Unresolvable());
    assertThat(verdict(guard(host -> List.of()), "empty.example"))
        .isEqualTo(new Verdict.Unresolvable());
  }

  @Test
  void aHostThatHangsHoldsOneThreadHoweverManyWait() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    AddressGuard guard =
        guard(host -> {
          if (host.startsWith("hangs")) {
            await(hang);
          }
          return List.of(ip("93.184.216.34"));
        });
    List<CompletableFuture<Verdict>> stuck = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      stuck.add(guard.check("hangs.example").toCompletableFuture());
    }

    // Two threads in all: with one look-up per call both would hang.
    assertThat(verdict(guard, "quick.example")).isInstanceOf(Verdict.Allowed.class);
    assertThat(stuck).noneMatch(CompletableFuture::isDone);

    hang.countDown();
    for (CompletableFuture<Verdict> waiter : stuck) {
      assertThat(waiter.get(5, TimeUnit.SECONDS)).isInstanceOf(Verdict.Allowed.class);
    }
  }

  @Test
  void closingAnswersWhoeverWaits() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    AddressGuard guard =
        guard(host -> {
          await(hang);
          return List.of();
        });
    CompletableFuture<Verdict> waiter = guard.check("hangs.example").toCompletableFuture();

    guard.close();

    assertThat(waiter.get(5, TimeUnit.SECONDS)).isEqualTo(new Verdict.Unresolvable());
    assertThat(verdict(guard, "late.example")).isEqualTo(new Verdict.Unresolvable());
  }

  private AddressGuard guard(NameResolver resolver, String... allowed) {
    AddressGuard guard =
        new AddressGuard(resolver, List.of(allowed).stream().map(Cidr::parse).toList(), 2);
    guards.add(guard);
    return guard;
  }

  private static Verdict verdict(AddressGuard guard, String host) {
    return guard.check(host).toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
