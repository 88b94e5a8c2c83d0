package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.OrganizationId;
import io.waybill.secrets.PayloadKeys;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill keys payload list}. */
@Command(name = "list", description = "Organizations that have a payload key, and which one seals.")
final class PayloadKeyList extends LocalCommand {
  @Option(
      names = "--payload-keys",
      required = true,
      paramLabel = "FILE",
      description = "The file of payload keys.")
  private Path file = Path.of("payload-keys.json");

  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Mixin private final FormOption output = new FormOption();

  PayloadKeyList(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    PayloadKeys keys = PayloadKeys.load(resolve(file));
    List<OrganizationId> shown =
        keys.organizations().stream().map(OrganizationId::new).filter(organization::lets).toList();
    output.print(out(), () -> json(shown, keys), () -> table(shown, keys));
    return ExitCodes.OK;
  }

  private static ArrayNode json(List<OrganizationId> shown, PayloadKeys keys) {
    ArrayNode array = Json.array();
    for (OrganizationId one : shown) {
      ObjectNode json = array.addObject().put("organizationId", one.value());
      keys.keyId(one).ifPresent(id -> json.put("keyId", id));
    }
    return array;
  }

  private void table(List<OrganizationId> shown, PayloadKeys keys) {
    TextTable table = new TextTable("ORGANIZATION", "KEY");
    shown.forEach(one -> table.row(one.value(), keys.keyId(one).orElse("")));
    table.print(out());
  }
}
