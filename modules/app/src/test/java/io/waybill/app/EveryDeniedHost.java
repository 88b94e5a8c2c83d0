package io.waybill.app;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.contract.DeniedHosts;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A process that tries every channel at every denied host, and then, to be seen, each at 127.0.0.1
 * with its operator's leave. Names lead to 127.0.0.1 without a name server.
 */
final class EveryDeniedHost {
  private static final OrganizationId ORGANIZATION = new OrganizationId("org-1");
  private static final DestinationId ID = new DestinationId("d-1");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final int port;
  private int tried;

  private EveryDeniedHost(int port) {
    this.port = port;
  }

  /**
   * Runs.
   *
   * @param args the port
   */
  public static void main(String[] args) throws Exception {
    EveryDeniedHost run = new EveryDeniedHost(Integer.parseInt(args[0]));
    for (String host : DeniedHosts.all().toList()) {
      run.tryAll(host, List.of());
    }
    System.out.println("tried " + run.tried);
    run.tryAll("127.0.0.1", List.of(Cidr.parse("127.0.0.0/8")));
    System.out.println("done");
  }

  private void tryAll(String host, List<Cidr> allowed) throws Exception {
    for (DestinationType type : DestinationType.values()) {
      Optional<DestinationConfig> config = config(type, host);
      if (config.isPresent()) {
        attempt(config.get(), allowed);
        tried++;
      }
    }
  }

  private static void attempt(DestinationConfig config, List<Cidr> allowed) throws Exception {
    Sending sending = Sending.defaults().allowingUnencryptedSmtp(Set.of("127.0.0.1"));
    CredentialSource credentials =
        (secrets, to) ->
            new CredentialSource.Opened(
                Map.of(
                    StorageConfig.ACCESS_KEY_ID, "key-id".toCharArray(),
                    StorageConfig.SECRET_ACCESS_KEY, "secret-access-key".toCharArray()));
    try (AddressGuard guard =
            new AddressGuard(name -> List.of(InetAddress.ofLiteral("127.0.0.1")), allowed, 1);
        Channel channel =
            new Channels(sending, guard, Clock.systemUTC())
                .start(config.type(), credentials)
                .channel()) {
      channel.send(attempt(config)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  private static Attempt attempt(DestinationConfig config) {
    Instant now = Instant.now();
    Destination destination =
        new Destination(
            ID,
            ORGANIZATION,
            "d",
            Optional.empty(),
            config,
            Fallback.none(),
            false,
            true,
            false,
            1,
            now,
            now);
    DeliveryId delivery = DeliveryId.random();
    RawJson data = RawJson.of("{}");
    Task task =
        new Task(
            TaskId.of(ORGANIZATION, delivery, ID),
            ORGANIZATION,
            delivery,
            ID,
            config.type(),
            1,
            0,
            0,
            "report",
            new TaskPayload.Inline(data),
            RawJson.EMPTY_OBJECT,
            Optional.empty(),
            List.of(),
            5,
            now,
            now,
            Optional.empty(),
            0);
    return new Attempt(
        task, destination, new DestinationSecrets(ID, ORGANIZATION, 1, List.of()), data, 1);
  }

  /** Empty where no configuration can hold such a host. */
  private Optional<DestinationConfig> config(DestinationType type, String host) {
    try {
      return Optional.of(
          switch (type) {
            case WEBHOOK ->
                OperatorPolicyTest.webhook("http://" + host + ":" + port + "/", TIMEOUT);
            case EMAIL -> OperatorPolicyTest.email(host, port, TIMEOUT);
            case STORAGE -> OperatorPolicyTest.storage("http://" + host + ":" + port, TIMEOUT);
          });
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
