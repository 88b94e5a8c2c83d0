package io.waybill.channel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.guard.AddressGuard;
import io.waybill.guard.Verdict;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The guard itself against the list, with a name server that leads every name to loopback. */
class DeniedHostsTest {
  private final AddressGuard guard =
      new AddressGuard(host -> List.of(InetAddress.ofLiteral("127.0.0.1")), List.of(), 1);

  @AfterEach
  void closeGuard() {
    guard.close();
  }

  @Test
  void areMany() {
    assertThat(DeniedHosts.all().distinct().count())
        .isEqualTo(DeniedHosts.all().count())
        .isGreaterThanOrEqualTo(120);
    assertThat(DeniedHosts.wellFormed().count()).isGreaterThanOrEqualTo(100);
  }

  @ParameterizedTest
  @MethodSource("io.waybill.channel.contract.DeniedHosts#wellFormed")
  void areDenied(String host) {
    assertThat(verdict(host)).isInstanceOf(Verdict.Denied.class);
  }

  @ParameterizedTest
  @MethodSource("io.waybill.channel.contract.DeniedHosts#all")
  void areNeverAllowed(String host) {
    assertThat(verdict(host)).isNotInstanceOf(Verdict.Allowed.class);
  }

  private Verdict verdict(String host) {
    return guard.check(host).toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();
  }
}
