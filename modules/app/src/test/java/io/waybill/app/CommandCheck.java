package io.waybill.app;

/** Runs one command through its real process, and looks at what it printed and did. */
@FunctionalInterface
interface CommandCheck {
  void run(CommandRig rig) throws Exception;
}
