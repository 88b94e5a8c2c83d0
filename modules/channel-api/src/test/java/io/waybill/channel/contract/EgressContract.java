package io.waybill.channel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.EgressProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way through the operator's proxy, whose faults are nobody else's. */
public abstract class EgressContract extends AddressContract {
  /** What the operator's user and password are on the way to the proxy. */
  private static final String LOG_IN = "Proxy-Authorization: Basic d2F5YmlsbDpsZXQgbWUgb3V0\r\n";

  @ParameterizedTest
  @EnumSource(EgressProxy.Asks.class)
  void goesThroughTheOperatorsProxy(EgressProxy.Asks asks) throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);
    Channel channel = channelThrough(proxy, asks);
    Attempt attempt = attempt(Receiver.ACCEPTS, LONG_TIMEOUT);

    assertThat(outcome(channel, attempt)).isInstanceOf(Outcome.Delivered.class);
    assertThat(proxy.askedFor()).singleElement().asString().startsWith("127.0.0.1:");
    assertThat(String.join("", proxy.heads())).doesNotContain(SECRET).contains(LOG_IN);
  }

  /** What was judged is what is asked for: a proxy's own look-up may answer differently. */
  @Test
  void asksTheProxyForTheJudgedAddress() throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);

    outcome(
        channelThrough(proxy, EgressProxy.Asks.BY_ADDRESS), attemptAt(NAME, trap.port(), TIMEOUT));

    assertThat(proxy.askedFor()).containsExactly("127.0.0.1:" + trap.port());
    assertThat(trap.calls()).hasSize(1);
  }

  @Test
  void asksTheProxyForTheNameWhereTheOperatorSaysSo() throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);

    outcome(channelThrough(proxy, EgressProxy.Asks.BY_NAME), attemptAt(NAME, trap.port(), TIMEOUT));

    assertThat(proxy.askedFor()).containsExactly(NAME + ":" + trap.port());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.2", "10.0.0.1", "[::1]", "169.254.169.254"})
  void theProxyIsNeverAskedForWhatIsDenied(String host) throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);

    assertThat(refusal(channelThrough(proxy, EgressProxy.Asks.BY_NAME), host).orElseThrow())
        .isIn(Reason.ADDRESS_DENIED, Reason.INVALID_FIELD);
    assertThat(proxy.heads()).isEmpty();
  }

  /** None of it is the destination's: it spends none of its attempts and opens no breaker. */
  @ParameterizedTest
  @EnumSource(
      value = ConnectProxy.Manner.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "LETS_THROUGH")
  void theProxysFaultsAreNotTheDestinations(ConnectProxy.Manner manner) throws Exception {
    Channel channel = channelThrough(proxy(manner), EgressProxy.Asks.BY_ADDRESS);
    Duration timeout = manner == ConnectProxy.Manner.HANGS ? TIMEOUT : LONG_TIMEOUT;

    Outcome outcome = outcome(channel, attempt(Receiver.ACCEPTS, timeout));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.EGRESS_UNAVAILABLE);
              assertThat(failed.message()).startsWith("the operator's egress proxy ");
            });
  }

  @Test
  void aProxyThatIsNotThereIsNotTheDestinationsFault() throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);
    Channel channel = channelThrough(proxy, EgressProxy.Asks.BY_ADDRESS);
    proxy.close();

    assertThat(outcome(channel, attempt(Receiver.ACCEPTS, LONG_TIMEOUT)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.EGRESS_UNAVAILABLE));
  }

  @ParameterizedTest
  @EnumSource(
      value = Receiver.class,
      names = {"REFUSES_FOR_NOW", "REFUSES_FOR_GOOD", "TALKS_GARBAGE", "HANGS", "HANGS_UP"})
  void whatComesThroughTheProxyIsTheDestinations(Receiver receiver) throws Exception {
    Channel channel =
        channelThrough(proxy(ConnectProxy.Manner.LETS_THROUGH), EgressProxy.Asks.BY_ADDRESS);
    Duration timeout = receiver == Receiver.HANGS ? TIMEOUT : LONG_TIMEOUT;

    Outcome through = outcome(channel, attempt(receiver, timeout));

    assertThat(reason(through))
        .isNotEqualTo(Reason.EGRESS_UNAVAILABLE)
        .isEqualTo(reason(outcome(channel(), attempt(receiver, timeout))));
    assertThat(through).hasSameClassAs(outcome(channel(), attempt(receiver, timeout)));
  }

  private ConnectProxy proxy(ConnectProxy.Manner manner) {
    ConnectProxy proxy = new ConnectProxy(manner);
    proxies.add(proxy);
    return proxy;
  }

  private Channel channelThrough(ConnectProxy proxy, EgressProxy.Asks asks) {
    AddressGuard guard =
        new AddressGuard(
            name -> List.of(LOOPBACK),
            List.of(Cidr.parse("127.0.0.1/32")),
            2,
            Optional.of(
                new EgressProxy(
                    "proxy.internal",
                    proxy.port(),
                    asks,
                    Optional.of(new EgressProxy.LogIn("waybill", "let me out")))));
    guards.add(guard);
    return channel(credentials(), guard);
  }
}
