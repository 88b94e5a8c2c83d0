package io.waybill.app;

import io.waybill.app.cli.CliException;
import io.waybill.app.cli.ConnectionTester;
import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.Outcome;
import io.waybill.domain.RawJson;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.EgressProxy;
import io.waybill.guard.NameResolver;
import io.waybill.secrets.Opener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Tries destinations with the channels that senders have, made as senders make them. */
final class ChannelTester implements ConnectionTester {
  /** What receivers tell a test from a delivery by. */
  static final String TEST_TYPE = "waybill.test";

  private static final int PRIORITY = 5;

  /** Channels keep their time-out themselves; this is for one that does not. */
  private static final Duration LONGER = Duration.ofSeconds(15);

  private final Clock clock;

  ChannelTester(Clock clock) {
    this.clock = clock;
  }

  record Rules(List<Cidr> allowed, Sending sending) {}

  @Override
  public Result run(Test test) {
    Rules rules = Startup.explained(() -> rules(test.operator()));
    CredentialSource credentials =
        test.keyset()
            .<CredentialSource>map(keyset -> new SealedCredentials(new Opener(keyset)))
            .orElse((secrets, config) -> new CredentialSource.Opened(Map.of()));
    try (AddressGuard guard =
            new AddressGuard(
                NameResolver.ofJdk(),
                rules.allowed(),
                rules.sending().allowedPorts(),
                1,
                rules.sending().egressProxy());
        Channel channel =
            new Channels(rules.sending(), guard, clock)
                .start(test.destination().type(), credentials)
                .channel()) {
      Attempt attempt =
          new Attempt(
              task(test.destination(), test.data()),
              test.destination(),
              test.secrets(),
              test.data(),
              1);
      CompletionStage<Outcome> outcome =
          test.delivers() ? channel.send(attempt) : channel.probe(attempt);
      return new Result(await(outcome, test.destination()), inWords(rules));
    }
  }

  private static Outcome await(CompletionStage<Outcome> outcome, Destination destination) {
    Duration longest = destination.config().timeout().plus(LONGER);
    try {
      return outcome.toCompletableFuture().get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CliException.failed("interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the channel broke its contract", e);
    }
  }

  static Rules rules(Operator operator) {
    if (operator.configFile().isPresent()) {
      WaybillConfig config = ConfigFile.read(operator.configFile().get());
      return new Rules(config.allowCidrs(), config.sending());
    }
    return new Rules(
        operator.allowCidrs().stream().map(Cidr::parse).toList(),
        Sending.defaults().allowingUnencryptedSmtp(Set.copyOf(operator.allowUnencryptedSmtp())));
  }

  private static List<String> inWords(Rules rules) {
    List<String> words = new ArrayList<>();
    words.add(
        rules.allowed().isEmpty()
            ? "public addresses only"
            : "public addresses and "
                + rules.allowed().stream().map(Cidr::toString).collect(Collectors.joining(", ")));
    if (!rules.sending().allowedPorts().isEmpty()) {
      words.add("ports " + new TreeSet<>(rules.sending().allowedPorts()) + " of other services");
    }
    rules
        .sending()
        .egressProxy()
        .map(EgressProxy::toString)
        .ifPresent(proxy -> words.add("through " + proxy));
    return words;
  }

  private Task task(Destination destination, RawJson data) {
    Instant now = clock.instant();
    DeliveryId delivery = DeliveryId.random();
    return new Task(
        TaskId.of(destination.organizationId(), delivery, destination.id()),
        destination.organizationId(),
        delivery,
        destination.id(),
        destination.type(),
        destination.version(),
        0,
        0,
        TEST_TYPE,
        new TaskPayload.Inline(data),
        RawJson.EMPTY_OBJECT,
        Optional.empty(),
        List.of(),
        PRIORITY,
        now,
        now,
        Optional.empty(),
        0);
  }
}
