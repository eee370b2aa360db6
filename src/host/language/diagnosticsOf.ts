import * as vscode from 'vscode';
import type { Problem, Severity } from '../../core/problem.ts';
import type { SubjectKind } from './subjects.ts';
import { TextPlaces } from './textPlaces.ts';

export const diagnosticSource = 'ClaudeTask';

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** The page of Claude Code's documentation that the rules for a kind of file come from. */
const pages: Readonly<Record<SubjectKind, string>> = {
  agent: 'sub-agents',
  skill: 'skills',
  command: 'skills',
  rule: 'memory',
  instructions: 'memory',
  memory: 'sub-agents',
  imported: 'memory',
};

export function diagnosticsOf(kind: SubjectKind, text: string, problems: readonly Problem[]): vscode.Diagnostic[] {
  if (problems.length === 0) return [];
  const places = new TextPlaces(text);
  const target = vscode.Uri.parse(`https://code.claude.com/docs/en/${pages[kind]}`);
  return problems.map(({ span, message, severity, code }) => {
    const diagnostic = new vscode.Diagnostic(places.range(span), message, severities[severity]);
    diagnostic.source = diagnosticSource;
    diagnostic.code = { value: code, target };
    if (code === 'import-duplicate' || code === 'ignored-in-command') diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
    return diagnostic;
  });
}
