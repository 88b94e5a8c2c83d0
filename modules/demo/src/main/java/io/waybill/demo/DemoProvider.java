package io.waybill.demo;

import io.waybill.app.cli.CommandProvider;

/** Adds the demo to the command line when its jar is there. */
public final class DemoProvider implements CommandProvider {
  @Override
  public String name() {
    return "demo";
  }

  @Override
  public Object command() {
    return new DemoCommand();
  }
}
