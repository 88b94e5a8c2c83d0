package io.waybill.app.cli;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadSealer;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.RequestCodec;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill deliver}. */
@Command(
    name = "deliver",
    description = {
      "Publish one delivery request from a JSON file and print its delivery id.",
      "The id alone goes to the output. With --wait the command ends when the delivery has, with"
          + " exit code 0 when every destination has it; --output table and json then print its"
          + " final status."
    })
final class Deliver extends KafkaCommand {
  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "JSON file, - for standard input.")
  private Path file = Path.of("-");

  @Option(
      names = "--payload-keys",
      paramLabel = "FILE",
      description =
          "Seal the payload with the organization's key in this file. Default: that of the Waybill"
              + " that runs on --data-dir, for organizations that have a key in it.")
  private Optional<Path> payloadKeys = Optional.empty();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      defaultValue = Topics.REQUESTS,
      description =
          "The topic of requests: one that may speak for the organization (default:"
              + " ${DEFAULT-VALUE}).")
  private String topic = Topics.REQUESTS;

  @Option(names = "--wait", description = "Wait until the delivery has ended.")
  private boolean wait;

  @Option(
      names = "--timeout",
      defaultValue = "60s",
      paramLabel = "DURATION",
      description = "With --wait: for how long at most (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(60);

  @Mixin private final FileOwnerOption owner = new FileOwnerOption();

  @Mixin private final OutputOption output = new OutputOption(Output.ID);

  Deliver(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    // The JSON form needs no registry, neither here nor for whoever reads it.
    RequestCodec codec = new Codecs(new NoRegistry()).requests();
    DeliveryRequest request = request(codec);
    DeliveryId id = request.deliveryId().orElseGet(DeliveryId::random);
    try (Connection connection = connect()) {
      Payload payload = sealed(request, id, connection);
      String unique = request.options().idempotencyKey().orElse(id.toString());
      connection.send(
          topic,
          RequestKeys.of(request.organizationId(), unique),
          codec.encodeJson(
              new DeliveryRequest(
                  Optional.of(id),
                  request.organizationId(),
                  request.destinations(),
                  payload,
                  request.options())));
      if (!wait) {
        printId(id);
        return ExitCodes.OK;
      }
      if (output.get() == Output.ID) {
        printId(id);
      }
      return awaitEnd(connection, id);
    }
  }

  private DeliveryRequest request(RequestCodec codec) {
    byte[] bytes = input(file);
    if (bytes.length > 0 && bytes[0] == 0) {
      throw CliException.usage("the request in " + file + " is not JSON. Nothing was published");
    }
    return switch (codec.decode(bytes)) {
      case DecodedRequest.Valid valid -> {
        owner.check(valid.request().organizationId(), "the request in " + file);
        yield valid.request();
      }
      case DecodedRequest.Invalid invalid ->
          throw CliException.usage(
              "the request in "
                  + file
                  + " is not valid:"
                  + Messages.of(invalid.errors())
                  + System.lineSeparator()
                  + "Nothing was published; correct the file and deliver it again");
    };
  }

  /** The payload as it is published: sealed where there is a key for it, and never sealed twice. */
  private Payload sealed(DeliveryRequest request, DeliveryId id, Connection connection) {
    Payload payload = request.payload();
    Optional<Path> file = payloadKeys.map(environment()::resolve).or(connection::payloadKeys);
    if (file.isEmpty() || payload.sealed()) {
      return payload;
    }
    PayloadSealer sealer = new PayloadSealer(PayloadKeys.load(file.get()));
    if (payloadKeys.isEmpty() && !sealer.seals(request.organizationId())) {
      refuseAfterDestroyed(sealer, request.organizationId(), file.get());
      return payload;
    }
    try {
      return sealer.seal(request.organizationId(), id, payload);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage() + ". Nothing was published", e);
    }
  }

  /** Whose payloads were sealed does not want the next one in clear. */
  private static void refuseAfterDestroyed(
      PayloadSealer sealer, OrganizationId organization, Path file) {
    if (sealer.hadKey(organization)) {
      throw CliException.usage(
          "the payload key of organization "
              + organization
              + " in "
              + file
              + " was destroyed, and its payloads are not published in clear: make another key with"
              + " `waybill keys payload create`. Nothing was published");
    }
  }

  private void printId(DeliveryId id) {
    if (output.get() == Output.JSON) {
      Json.print(Json.object().put("deliveryId", id.toString()), out());
    } else {
      out().println(id);
    }
    out().flush();
  }

  private int awaitEnd(Connection connection, DeliveryId id) {
    Countdown countdown = new Countdown(timeout);
    try (StatusFeed feed = new StatusFeed(connection, Set.of(id), this::warn)) {
      boolean ended =
          feed.await(
              () -> countdown.isOver() || feed.of(id).filter(StatusView::hasEnded).isPresent(),
              timeout);
      Optional<DeliveryStatus> status = feed.of(id);
      if (status.isPresent() && output.get() != Output.ID) {
        StatusView.print(status.get(), output.get(), out());
      }
      if (!ended || status.filter(StatusView::hasEnded).isEmpty()) {
        throw CliException.failed(
            "delivery "
                + id
                + " is published, but has not ended within "
                + Durations.words(timeout)
                + ": "
                + status.map(StatusView::summary).orElse("it has no status yet, does Waybill run?")
                + ". Follow it with `waybill status "
                + id
                + " --watch`");
      }
      if (output.get() == Output.ID) {
        err().println(StatusView.summary(status.get()));
        err().flush();
      }
      return StatusView.isSuccess(status.get()) ? ExitCodes.OK : ExitCodes.FAILED;
    }
  }
}
