package io.waybill.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeniedPortsTest {
  private final AtomicInteger lookUps = new AtomicInteger();

  private AddressGuard guard(Integer... allowedPorts) {
    return new AddressGuard(
        name -> {
          lookUps.incrementAndGet();
          return List.of(InetAddress.ofLiteral("93.184.215.14"));
        },
        List.of(),
        Set.of(allowedPorts),
        1,
        Optional.empty());
  }

  @DisplayName("row 31: HTTP dials no other service")
  @ParameterizedTest
  @CsvSource({
    "22, SSH",
    "25, SMTP",
    "53, DNS",
    "2375, Docker",
    "3306, MySQL",
    "5432, PostgreSQL",
    "6379, Redis",
    "9092, Kafka",
    "9200, Elasticsearch",
    "11211, memcached",
    "27017, MongoDB",
  })
  void httpDialsNoOtherService(int port, String what) {
    try (AddressGuard guard = guard()) {
      assertThat(guard.deniedPort(port, Protocol.HTTP))
          .contains(new Verdict.PortDenied(port, what));
      assertThat(guard.check("receiver.example.com", port, Protocol.HTTP))
          .isCompletedWithValue(new Verdict.PortDenied(port, what));
      // Also where the address needs no look-up.
      assertThat(guard.check("93.184.215.14", port, Protocol.HTTP))
          .isCompletedWithValue(new Verdict.PortDenied(port, what));
    }
    assertThat(lookUps).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 80, 443, 1024, 3000, 5000, 8000, 8080, 8081, 8443, 9000, 9443, 10000})
  void httpDialsWhatIsUsualForIt(int port) {
    try (AddressGuard guard = guard()) {
      assertThat(guard.deniedPort(port, Protocol.HTTP)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {25, 465, 587, 1025, 2525})
  void mailDialsMailServers(int port) {
    try (AddressGuard guard = guard()) {
      assertThat(guard.deniedPort(port, Protocol.SMTP)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {22, 110, 143, 993, 6379, 9092})
  void mailDialsNoOtherService(int port) {
    try (AddressGuard guard = guard()) {
      assertThat(guard.deniedPort(port, Protocol.SMTP)).isPresent();
    }
  }

  /** Where systems give out ports at random, no service has one that everybody knows. */
  @ParameterizedTest
  @EnumSource
  void everyPortFrom32768OnIsFree(Protocol protocol) {
    try (AddressGuard guard = guard()) {
      assertThat(IntStream.rangeClosed(32_768, 65_535))
          .allMatch(port -> guard.deniedPort(port, protocol).isEmpty());
    }
  }

  @Test
  void theOperatorAllowsPortsOneByOne() {
    try (AddressGuard guard = guard(9200)) {
      assertThat(guard.check("receiver.example.com", 9200, Protocol.HTTP))
          .succeedsWithin(Duration.ofSeconds(5))
          .isInstanceOf(Verdict.Allowed.class);
      assertThat(guard.check("receiver.example.com", 9300, Protocol.HTTP))
          .isCompletedWithValue(new Verdict.PortDenied(9300, "Elasticsearch"));
    }
    assertThat(lookUps).hasValue(1);
  }

  /** An allowed port opens no address. */
  @Test
  void addressesAreJudgedAtAllowedPortsToo() {
    try (AddressGuard guard = guard(6379)) {
      assertThat(guard.check("127.0.0.1", 6379, Protocol.HTTP))
          .isCompletedWithValueMatching(verdict -> verdict instanceof Verdict.Denied);
    }
  }
}
