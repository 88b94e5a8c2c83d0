package io.waybill.channel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.Channel;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.NameResolver;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is called but what the address guard judged. */
public abstract class AddressContract extends ContractRig {
  /** Whatever name is left to be looked up leads to loopback, where the trap is. */
  @ParameterizedTest(name = "\"{0}\"")
  @MethodSource("io.waybill.channel.contract.DeniedHosts#all")
  void aDeniedHostIsNeverCalled(String host) throws Exception {
    Channel channel = channel(credentials(), guard(name -> List.of(LOOPBACK)));

    Optional<Reason> refusal = refusal(channel, host);

    assertThat(refusal.orElse(Reason.INVALID_FIELD))
        .isIn(Reason.ADDRESS_DENIED, Reason.INVALID_FIELD);
    assertThat(trap.calls()).isEmpty();
  }

  /** So that the test above is known to see calls. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", NAME})
  void anAllowedHostIsCalled(String host) throws Exception {
    Channel channel = channel(credentials(), guard(name -> List.of(LOOPBACK), "127.0.0.0/8"));

    outcome(channel, attemptAt(host, trap.port(), TIMEOUT));

    assertThat(trap.calls()).isNotEmpty().containsOnly(LOOPBACK);
  }

  @Test
  void aNameWithOneDeniedAddressIsCalledAtNone() throws Exception {
    InetAddress denied = InetAddress.ofLiteral("10.0.0.1");
    Channel channel =
        channel(credentials(), guard(name -> List.of(LOOPBACK, denied), "127.0.0.0/8"));

    assertThat(refusal(channel, NAME)).contains(Reason.ADDRESS_DENIED);
    assertThat(trap.calls()).isEmpty();
  }

  /** The name server's second answer would be another: within an attempt nobody asks for it. */
  @Test
  void aNameIsLookedUpOnceForAnAttempt() throws Exception {
    AtomicInteger lookUps = new AtomicInteger();
    InetAddress other = InetAddress.ofLiteral("127.0.0.2");
    Channel channel =
        channel(
            credentials(),
            guard(
                name -> List.of(lookUps.incrementAndGet() == 1 ? LOOPBACK : other),
                "127.0.0.1/32"));

    outcome(channel, attemptAt(NAME, trap.port(), TIMEOUT));

    assertThat(lookUps).hasValue(1);
    assertThat(trap.calls()).isNotEmpty().containsOnly(LOOPBACK);
  }

  @Test
  void aNameThatLeadsElsewhereIsJudgedAnewAtTheNextAttempt() throws Exception {
    AtomicInteger lookUps = new AtomicInteger();
    InetAddress other = InetAddress.ofLiteral("127.0.0.2");
    Channel channel =
        channel(
            credentials(),
            guard(
                name -> List.of(lookUps.incrementAndGet() == 1 ? LOOPBACK : other),
                "127.0.0.1/32"));
    outcome(channel, attemptAt(NAME, trap.port(), TIMEOUT));

    assertThat(refusal(channel, NAME)).contains(Reason.ADDRESS_DENIED);
    assertThat(trap.calls()).isNotEmpty().containsOnly(LOOPBACK);
  }

  @ParameterizedTest
  @ValueSource(ints = {22, 6379, 9092})
  void aPortOfAnotherServiceIsNeverCalled(int port) throws Exception {
    AtomicInteger lookUps = new AtomicInteger();
    NameResolver names =
        name -> {
          lookUps.incrementAndGet();
          return List.of(LOOPBACK);
        };
    Channel channel = channel(credentials(), guard(names, "127.0.0.0/8"));

    for (String host : List.of(NAME, "127.0.0.1")) {
      assertThat(outcome(channel, attemptAt(host, port, TIMEOUT)))
          .isInstanceOfSatisfying(
              Outcome.Permanent.class,
              failed -> {
                assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED);
                assertThat(failed.message()).contains("port " + port, "allowPorts");
              });
    }
    assertThat(lookUps).hasValue(0);

    Channel lenient = channel(credentials(), guard(names, Set.of(port), "127.0.0.0/8"));
    outcome(lenient, attemptAt(NAME, port, TIMEOUT));
    assertThat(lookUps).as("what an operator allows is on its way").hasValue(1);
  }

  @Test
  void nobodyIsSentElsewhere() throws Exception {
    assertThat(outcomeAt(Receiver.SENDS_ELSEWHERE)).isNotInstanceOf(Outcome.Delivered.class);
    assertThat(trap.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::1]", "169.254.169.254", NAME})
  void aProbeGoesThroughTheSameGuard(String host) throws Exception {
    Channel channel = channel(credentials(), guard(name -> List.of(LOOPBACK)));

    assertThat(reason(probe(channel, attemptAt(host, trap.port(), TIMEOUT))))
        .isIn(Reason.ADDRESS_DENIED, Reason.INVALID_FIELD);
    assertThat(trap.calls()).isEmpty();
  }
}
